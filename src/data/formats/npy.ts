import { ArgumentError, requireArray, requireFloats, requireInteger, requireText, requireTyped } from "../../errors.js";
import { roundedRows } from "../exact.js";
import { firstNonFinite } from "../finite.js";
import { rowsOf } from "./array-rows.js";
import { dataFormat } from "./format.js";
import { copyBytes, elementCount, indexIn, invalidData } from "./invalid.js";

/** A NumPy array in C order. float32 stays float32; every other type comes as float64, which holds it exactly. */
export interface NpyArray {
  /** One to three lengths. */
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly dataOffset: number;
}

type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const elementTypes: Readonly<Record<string, { readonly bytes: number; view(buffer: ArrayBuffer): TypedArray }>> = {
  "<f4": { bytes: 4, view: (buffer) => new Float32Array(buffer) },
  "<f8": { bytes: 8, view: (buffer) => new Float64Array(buffer) },
  "|i1": { bytes: 1, view: (buffer) => new Int8Array(buffer) },
  "<i2": { bytes: 2, view: (buffer) => new Int16Array(buffer) },
  "<i4": { bytes: 4, view: (buffer) => new Int32Array(buffer) },
  "<i8": { bytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  "|u1": { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  "<u2": { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  "<u4": { bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  "<u8": { bytes: 8, view: (buffer) => new BigUint64Array(buffer) },
};

const magic = "\x93NUMPY";

/**
 * Reads a NumPy .npy file (format 1.0 or 2.0; NumPy Enhancement Proposal 1): one to three dimensions, little-endian
 * floats and integers, C or Fortran order. `source` names the file in errors. Throws FEDSCORE_INVALID_DATA.
 */
export function readNpy(bytes: Uint8Array, source: string): NpyArray {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { descr, fortranOrder, shape, dataOffset } = readHeader(bytes, source);
  const type = Object.hasOwn(elementTypes, descr) ? elementTypes[descr] : undefined;
  if (!type) throw invalidData(source, "header key 'descr'", `one of ${Object.keys(elementTypes).join(" ")}`, descr);
  if (shape.length < 1 || shape.length > 3) {
    throw invalidData(source, "header key 'shape'", "1 to 3 dimensions", shape.length);
  }
  const count = elementCount(shape);
  const have = bytes.length - dataOffset;
  if (count * type.bytes !== have) {
    const expected = `${count * type.bytes} bytes of data for shape (${shape.join(", ")}) of ${descr}`;
    throw invalidData(source, `byte ${dataOffset}`, expected, have);
  }
  const stored = toFloats(type.view(copyBytes(bytes, dataOffset).buffer), source, dataOffset, type.bytes);
  const bad = firstNonFinite(stored);
  if (bad >= 0) {
    const position = `byte ${dataOffset + bad * type.bytes}`;
    const index = fortranOrder ? indexIn([...shape].reverse(), bad).reverse() : indexIn(shape, bad);
    throw invalidData(source, position, "finite numbers", `${stored[bad]} (element [${index.join(", ")}])`);
  }
  return { shape, values: fortranOrder && shape.length > 1 ? toRowMajor(stored, shape) : stored };
}

/** Rows of an array, taken as they are. */
export const npy = dataFormat({
  kind: "npy",
  source: "NumPy Enhancement Proposal 1",
  text: "Rows of a NumPy array of numbers: [rows, dimension], [rows], or images [rows, height, width].",
  extensions: [".npy"],
  fields: {},
  recognizes: (bytes) => bytes[0] === 0x93 && bytes[1] === 0x4e,
  readArray: async ({ bytes, source }) => readNpy(bytes, source),
  async create(_, { bytes, source }) {
    const { shape, values } = readNpy(bytes, source);
    const points = values instanceof Float32Array ? values : Float32Array.from(values);
    const overflow = firstNonFinite(points);
    if (overflow < 0) {
      const rows = rowsOf(points, shape);
      return values instanceof Float64Array ? { ...rows, ...roundedRows(values, rows.dimension) } : rows;
    }
    const position = `element [${indexIn(shape, overflow).join(", ")}]`;
    throw invalidData(source, position, "a number within float32", values[overflow]);
  },
});

/** A NumPy .npy file (format 1.0) of float32 in C order; `shape` has one to three lengths whose product is values.length. */
export function writeNpy(values: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  requireFloats("values", values);
  requireArray("shape", shape);
  if (shape.length < 1 || shape.length > 3) throw new ArgumentError("shape", "must have 1 to 3 lengths", shape.length);
  shape.forEach((length, axis) => {
    requireInteger(`shape[${axis}]`, length, 0);
  });
  if (elementCount(shape) !== values.length) {
    throw new ArgumentError("shape", `must multiply to the ${values.length} values`, shape.join(" x "));
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const dataOffset = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const text = `${magic}\x01\x00\0\0${dictionary.padEnd(dataOffset - 11)}\n`;
  const bytes = new Uint8Array(dataOffset + values.byteLength);
  for (let i = 0; i < dataOffset; i++) bytes[i] = text.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, dataOffset - 10, true);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), dataOffset);
  return bytes;
}

function readHeader(bytes: Uint8Array, source: string): NpyHeader {
  const found = latin1(bytes, 0, magic.length);
  if (found !== magic) throw invalidData(source, "byte 0", "the magic string \\x93NUMPY of an .npy file", found);
  const major = bytes[6];
  if (major !== 1 && major !== 2) throw invalidData(source, "byte 6", "format version 1 or 2", major);
  const textOffset = major === 1 ? 10 : 12;
  if (bytes.length < textOffset)
    throw invalidData(source, `byte ${bytes.length}`, "a header length", "the end of the file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = textOffset + length;
  if (dataOffset > bytes.length) {
    throw invalidData(source, "byte 8", `a header length of at most ${bytes.length - textOffset}`, length);
  }
  // What NumPy writes is at most a few hundred characters; more is not a description of a plain array.
  if (length > 10_000) throw invalidData(source, "byte 8", "a header length of at most 10000", length);
  const text = latin1(bytes, textOffset, dataOffset);
  const entry = (key: string, pattern: string): string => {
    const match = new RegExp(`['"]${key}['"]\\s*:\\s*${pattern}`).exec(text);
    if (!match)
      throw invalidData(source, `byte ${textOffset}`, `a header dictionary with the key '${key}'`, text.trim());
    return match[1];
  };
  return {
    descr: entry("descr", "['\"]([^'\"]*)['\"]"),
    fortranOrder: entry("fortran_order", "(True|False)\\b") === "True",
    shape: (entry("shape", "\\(([\\d\\s,]*)\\)").match(/\d+/g) ?? []).map(Number),
    dataOffset,
  };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function toFloats(
  stored: TypedArray,
  source: string,
  dataOffset: number,
  elementBytes: number,
): Float32Array | Float64Array {
  if (stored instanceof Float32Array || stored instanceof Float64Array) return stored;
  if (!(stored instanceof BigInt64Array) && !(stored instanceof BigUint64Array)) return Float64Array.from(stored);
  const values = new Float64Array(stored.length);
  stored.forEach((value: bigint, index: number) => {
    values[index] = Number(value);
    if (!Number.isSafeInteger(values[index])) {
      throw invalidData(source, `byte ${dataOffset + index * elementBytes}`, "integers below 2^53", value);
    }
  });
  return values;
}

/** From Fortran order (first index fastest) to C order (last index fastest). */
function toRowMajor<T extends Float32Array | Float64Array>(stored: T, shape: readonly number[]): T {
  const [rows, columns, depth] = [shape[0], shape[1], shape[2] ?? 1];
  const values = stored.slice() as T;
  if (values.length === 0) return values;
  let next = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++) values[next++] = stored[i + rows * (j + columns * k)];
    }
  }
  return values;
}
