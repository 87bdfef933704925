import {
  ArgumentError,
  ArgumentTypeError,
  describeValue,
  requireArray,
  requireInteger,
  requireObject,
  requireText,
  requireTyped,
} from "../../errors.js";
import { optional, text } from "../../fields.js";
import { rowsOf, type StoredArray } from "./array-rows.js";
import { bytesOf, decodeElements, type NumberValues, typeToWrite } from "./elements.js";
import { dataFormat } from "./format.js";
import { advised, indexIn, invalidData } from "./invalid.js";
import {
  dtypeOf,
  type HeaderEntry,
  longestHeader,
  metadataKey,
  placeOf,
  readSafetensorsHeader,
} from "./safetensors-header.js";

/** A named array in C order. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** F32 for a Float32Array, F64 for a Float64Array, I32 for an Int32Array and so on. */
  readonly values: NumberValues;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** In the order of their data. F16 and BF16 come as Float32Array, I64 and U64 as Float64Array, BOOL as Uint8Array of 0 and 1. */
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A safetensors file (https://huggingface.co/docs/safetensors): tensors in the given order, metadata sorted by key, the
 * header padded to 8 bytes, so the same content has the same bytes.
 * @throws ArgumentError, ArgumentTypeError for what `readSafetensors` would not give back: NaN, Infinity, a shape of another size, two tensors
 * of one name, metadata that are no texts.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  requireArray("tensors", tensors);
  const names = new Set<string>();
  const entries = metadataEntries(metadata);
  let offset = 0;
  for (const [index, tensor] of tensors.entries()) {
    const { name, shape, values } = requireObject(`tensors[${index}]`, tensor);
    const dtype = requireWritable(`tensors[${index}]`, { name, shape, values }, names);
    const end = offset + values.byteLength;
    const description = `{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${offset},${end}]}`;
    entries.push(`${JSON.stringify(name)}:${description}`);
    offset = end;
  }
  const text = new TextEncoder().encode(`{${entries.join(",")}}`);
  const headerLength = Math.ceil(text.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new ArgumentError(
      "tensors and metadata",
      `must have a header of at most ${longestHeader} bytes`,
      headerLength,
    );
  }
  const bytes = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.set(text, 8);
  offset = 8 + headerLength;
  for (const { values } of tensors) {
    bytes.set(bytesOf(values), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file; the data of its tensors must cover the rest of the file without hole or overlap, and be finite. `source` names the
 * file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function readSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { entries, metadata, dataOffset } = readSafetensorsHeader(bytes, source);
  const tensors = entries.map((entry) => {
    const { shape, values } = readStored(bytes, dataOffset, entry, source);
    return { name: entry.name, shape, values };
  });
  return { tensors, metadata };
}

/** Rows of one of its tensors. */
export const safetensors = dataFormat({
  kind: "safetensors",
  source: "https://huggingface.co/docs/safetensors",
  text: "Rows of a tensor: [rows, dimension], [rows], or grey images [rows, height, width].",
  extensions: [".safetensors"],
  fields: {
    tensor: text(/./, "must be the name of a tensor", optional, "Tensor that is read. Default: the only one."),
  },
  // A header of less than 2^40 bytes, which is a JSON object.
  recognizes: (bytes) => bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0 && bytes[5] === 0,
  async create({ tensor: name }, { bytes, source }) {
    const { entries, dataOffset } = readSafetensorsHeader(bytes, source);
    const names = entries.map((entry) => entry.name).join(", ");
    const chosen = entries.find((entry) => (name === undefined ? entries.length === 1 : entry.name === name));
    if (chosen) return rowsOf(readStored(bytes, dataOffset, chosen, source), source, placeOf(chosen.name));
    const expected = name === undefined ? "one tensor" : `the tensor ${describeValue(name)}`;
    throw advised(invalidData(source, "header", expected, names), "set tensor to the name of one of them");
  },
  write({ points, dimension, classes }) {
    const count = points.length / dimension;
    return writeSafetensors([
      { name: "samples", shape: [count, dimension], values: points },
      ...(classes ? [{ name: "classes", shape: [count], values: classes }] : []),
    ]);
  },
});

function metadataEntries(metadata: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(requireObject("metadata", metadata)).sort();
  if (keys.length === 0) return [];
  const pairs = keys.map((key) => {
    const value: unknown = metadata[key];
    const argument = `metadata[${describeValue(key)}]`;
    if (typeof value !== "string")
      throw new ArgumentTypeError(argument, "must be a text, as all metadata of the format", value);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return [`"${metadataKey}":{${pairs.join(",")}}`];
}

/** The dtype of a tensor that can be written. */
function requireWritable(argument: string, { name, shape, values }: Tensor, names: Set<string>): string {
  requireText(`${argument}.name`, name);
  if (name === metadataKey)
    throw new ArgumentError(`${argument}.name`, "must be another one than that of the metadata", name);
  if (names.has(name)) throw new ArgumentError(`${argument}.name`, "must be another one than those before it", name);
  names.add(name);
  const place = placeOf(name);
  requireArray(`${place} shape`, shape);
  shape.forEach((length, axis) => {
    requireInteger(`${place} shape[${axis}]`, length, 0);
  });
  return dtypeOf(typeToWrite(`${place} values`, values, shape));
}

function readStored(bytes: Uint8Array, dataOffset: number, entry: HeaderEntry, source: string): StoredArray {
  const { name, type, shape, begin, end } = entry;
  const range = [dataOffset + begin, dataOffset + end] as const;
  const values = decodeElements(type, bytes, range, "little", (element, expected, found) => {
    const position = `byte ${range[0] + element * type.bytes}`;
    return invalidData(
      source,
      position,
      expected,
      `${found} (${name} element [${indexIn(shape, element).join(", ")}])`,
    );
  });
  return { shape, values, isInteger: type.isInteger };
}
