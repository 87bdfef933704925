import {
  ArgumentError,
  requireArray,
  requireFloats,
  requireInteger,
  requireObject,
  requireText,
  requireTyped,
} from "../../errors.js";
import { optional, text } from "../../fields.js";
import { firstNonFinite } from "../finite.js";
import { rowsOf } from "./array-rows.js";
import { dataFormat } from "./format.js";
import { advised, copyBytes, elementCount, indexIn, invalidData } from "./invalid.js";

/** A named float32 array in C order. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const metadataKey = "__metadata__";

/**
 * A safetensors file (https://huggingface.co/docs/safetensors): tensors in the given order, metadata sorted by key, the
 * header padded to 8 bytes, so the same content has the same bytes.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  requireArray("tensors", tensors);
  requireObject("metadata", metadata);
  const entries: string[] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    entries.push(`"${metadataKey}":{${pairs.join(",")}}`);
  }
  const names = new Set<string>([metadataKey]);
  let offset = 0;
  for (const [index, tensor] of tensors.entries()) {
    const { name, shape, values } = requireObject(`tensors[${index}]`, tensor);
    requireWritable(name, shape, values, names);
    const end = offset + values.byteLength;
    const description = `{"dtype":"F32","shape":[${shape.join(",")}],"data_offsets":[${offset},${end}]}`;
    entries.push(`${JSON.stringify(name)}:${description}`);
    offset = end;
  }
  const text = new TextEncoder().encode(`{${entries.join(",")}}`);
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.set(text, 8);
  offset = 8 + headerLength;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 tensors; their data must cover the rest of the file without hole or overlap, and
 * be finite. `source` names the file in errors. Throws FEDSCORE_INVALID_DATA.
 */
export function readSafetensors(bytes: Uint8Array, source: string): SafetensorsFile {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { header, dataOffset } = readHeader(bytes, source);
  const metadata = readMetadata(header[metadataKey], source);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, entry]) => readEntry(name, entry, source))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const rule = `data_offsets that begin at ${covered}, where the tensor before ends`;
      throw invalidData(source, `tensor ${JSON.stringify(name)}`, rule, begin);
    }
    covered = end;
  }
  if (dataOffset + covered !== bytes.length) {
    throw invalidData(source, `byte ${dataOffset}`, `${covered} bytes of data`, bytes.length - dataOffset);
  }
  return { tensors: entries.map((entry) => readTensor(bytes, dataOffset, entry, source)), metadata };
}

/** Rows of one of its tensors. */
export const safetensors = dataFormat({
  kind: "safetensors",
  source: "https://huggingface.co/docs/safetensors",
  text: "Rows of a float32 tensor: [rows, dimension], [rows], or images [rows, height, width].",
  extensions: [".safetensors"],
  fields: {
    tensor: text(/./, "must be the name of a tensor", optional, "Tensor that is read. Default: the only one."),
  },
  // A header of less than 2^40 bytes, which is a JSON object.
  recognizes: (bytes) => bytes[8] === 0x7b && bytes[7] === 0 && bytes[6] === 0 && bytes[5] === 0,
  async create({ tensor: name }, { bytes, source }) {
    const { tensors } = readSafetensors(bytes, source);
    const names = tensors.map((tensor) => tensor.name).join(", ");
    const chosen = tensors.find((tensor) => (name === undefined ? tensors.length === 1 : tensor.name === name));
    if (!chosen) {
      const expected = name === undefined ? "one tensor" : `the tensor ${JSON.stringify(name)}`;
      throw advised(invalidData(source, "header", expected, names), "set tensor to the name of one of them");
    }
    const { shape, values } = chosen;
    if (shape.length >= 1 && shape.length <= 3) return rowsOf(values, shape);
    throw invalidData(source, `tensor ${JSON.stringify(chosen.name)}, shape`, "1 to 3 dimensions", shape.length);
  },
});

function requireWritable(name: string, shape: readonly number[], values: Float32Array, names: Set<string>): void {
  const argument = `tensor ${JSON.stringify(name)}`;
  requireText(`${argument} name`, name);
  requireArray(`${argument} shape`, shape);
  requireFloats(`${argument} values`, values);
  if (names.has(name)) throw new ArgumentError(argument, `must have a name of its own, not ${metadataKey}`, name);
  names.add(name);
  shape.forEach((length, axis) => {
    requireInteger(`${argument} shape[${axis}]`, length, 0);
  });
  if (elementCount(shape) !== values.length) {
    throw new ArgumentError(argument, `must have a shape that multiplies to ${values.length}`, shape.join(" x "));
  }
  const bad = firstNonFinite(values);
  if (bad >= 0)
    throw new ArgumentError(`${argument} element [${indexIn(shape, bad).join(", ")}]`, "must be finite", values[bad]);
}

function readHeader(bytes: Uint8Array, source: string): { header: Record<string, unknown>; dataOffset: number } {
  if (bytes.length < 8) throw invalidData(source, "byte 0", "8 bytes of header length", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > bytes.length - 8) {
    throw invalidData(source, "byte 0", `a header length of at most ${bytes.length - 8}`, length);
  }
  const header = parseJson(bytes.subarray(8, 8 + length), source);
  if (!isRecord(header)) throw invalidData(source, "byte 8", "a JSON object as header", header);
  return { header, dataOffset: 8 + length };
}

function parseJson(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidData(
      source,
      "byte 8",
      "a header of valid JSON",
      cause instanceof Error ? cause.message : cause,
      cause,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readMetadata(value: unknown, source: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw invalidData(source, `key ${metadataKey}`, "an object of strings", value);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== "string")
        throw invalidData(source, `${metadataKey} key ${JSON.stringify(key)}`, "a string", text);
      return [key, text];
    }),
  );
}

function readEntry(name: string, entry: unknown, source: string): HeaderEntry {
  const position = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(entry)) throw invalidData(source, position, "an object with dtype, shape and data_offsets", entry);
  if (entry.dtype !== "F32") throw invalidData(source, position, 'dtype "F32"', entry.dtype);
  const shape = readIntegers(entry.shape, source, `${position}, shape`);
  const offsets = readIntegers(entry.data_offsets, source, `${position}, data_offsets`);
  const [begin, end] = offsets;
  if (offsets.length !== 2 || end - begin !== elementCount(shape) * 4) {
    const rule = `data_offsets [begin, begin + ${elementCount(shape) * 4}] for shape [${shape.join(", ")}]`;
    throw invalidData(source, position, rule, `[${offsets.join(", ")}]`);
  }
  return { name, shape, begin, end };
}

function readIntegers(value: unknown, source: string, position: string): number[] {
  if (!Array.isArray(value)) throw invalidData(source, position, "an array of integers >= 0", value);
  return value.map((item: unknown) => {
    if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0) {
      throw invalidData(source, position, "integers >= 0", item);
    }
    return item;
  });
}

function readTensor(bytes: Uint8Array, dataOffset: number, entry: HeaderEntry, source: string): Tensor {
  const values = new Float32Array(copyBytes(bytes, dataOffset + entry.begin, dataOffset + entry.end).buffer);
  const bad = firstNonFinite(values);
  if (bad >= 0) {
    const position = `byte ${dataOffset + entry.begin + 4 * bad}`;
    const element = `${entry.name} element [${indexIn(entry.shape, bad).join(", ")}]`;
    throw invalidData(source, position, "finite numbers", `${values[bad]} (${element})`);
  }
  return { name: entry.name, shape: entry.shape, values };
}
