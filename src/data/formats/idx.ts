import { ArgumentTypeError, requireText, requireTyped } from "../../errors.js";
import { rowsOf, type StoredArray } from "./array-rows.js";
import {
  bytesOf,
  decodeElements,
  type ElementType,
  elementTypes,
  mostNumbers,
  type NumberValues,
  requireShape,
  swapBytes,
  typeToWrite,
} from "./elements.js";
import { notThe } from "./foreign.js";
import { dataFormat } from "./format.js";
import { gunzipAnnounced, isGzip } from "./gzip.js";
import { advised, elementCount, indexIn, invalidData } from "./invalid.js";

/** An IDX array, the format of the MNIST distribution. */
export interface IdxArray {
  /** One to four lengths. */
  readonly shape: readonly number[];
  /** Of the file's own type: Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array or Float64Array. */
  readonly values: NumberValues;
}

/** By their codes. */
const types = new Map<number | undefined, ElementType>([
  [0x08, elementTypes.uint8],
  [0x09, elementTypes.int8],
  [0x0b, elementTypes.int16],
  [0x0c, elementTypes.int32],
  [0x0d, elementTypes.float32],
  [0x0e, elementTypes.float64],
]);

interface IdxHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly dataOffset: number;
}

/**
 * Reads an IDX file (http://yann.lecun.com/exdb/mnist: images have 3 dimensions, labels 1) of any of its types, plain or gzip-compressed.
 * `source` names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export async function readIdx(bytes: Uint8Array, source: string): Promise<IdxArray> {
  const { shape, values } = readStored(bytes, source);
  return { shape, values };
}

/** Images, rows or labels; unsigned bytes are divided by 255. */
export const idx = dataFormat({
  kind: "idx",
  source: "http://yann.lecun.com/exdb/mnist",
  text: "Images or rows in the format of the original MNIST files, plain or gzip; unsigned bytes are scaled to [0, 1].",
  extensions: [".idx", "-ubyte"],
  fields: {},
  recognizes: (bytes) => bytes[0] === 0 && bytes[1] === 0 && types.has(bytes[2]),
  announces: idxLength,
  readArray: ({ bytes, source }) => readIdx(bytes, source),
  async create(_, { bytes, source }) {
    const stored = readStored(bytes, source);
    const rank = stored.shape.length;
    if (rank > 1) return rowsOf(scaled(stored), source);
    throw advised(
      invalidData(source, "byte 3", "2 dimensions (rows) or 3 (images)", rank),
      "set labels to this file if it has the classes",
    );
  },
  write: ({ points, dimension, imageShape }) =>
    writeIdx(points, [points.length / dimension, ...(imageShape ?? [dimension])]),
});

/**
 * An IDX file of the type that the values have, big-endian; `shape` has one to four lengths whose product is values.length.
 * @throws ArgumentError, ArgumentTypeError for what `readIdx` would not give back: NaN, Infinity, a shape of another size, uint16 and uint32.
 */
export function writeIdx(values: NumberValues, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  requireShape(shape);
  const type = typeToWrite("values", values, shape);
  const code = [...types].find(([, known]) => known === type)?.[0];
  if (code === undefined) throw new ArgumentTypeError("values", "must be of a type that IDX has", type.name);
  const dataOffset = 4 + 4 * shape.length;
  const bytes = new Uint8Array(dataOffset + values.byteLength);
  bytes.set([0, 0, code, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length);
  });
  const data = bytes.subarray(dataOffset);
  data.set(bytesOf(values));
  swapBytes(data, type.bytes);
  return bytes;
}

function readStored(bytes: Uint8Array, source: string): StoredArray {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const plain = isGzip(bytes) ? gunzipAnnounced(bytes, source, (head) => idxLength(head, source)) : bytes;
  const { type, shape, dataOffset } = readHeader(plain, source);
  const [needed, have] = [elementCount(shape) * type.bytes, plain.length - dataOffset];
  if (needed !== have) {
    const expected = `${needed} bytes of data for shape [${shape.join(", ")}] of ${type.name}`;
    throw invalidData(source, `byte ${dataOffset}`, expected, have);
  }
  const values = decodeElements(type, plain, [dataOffset, plain.length], "big", (element, expected, found) => {
    const position = `byte ${dataOffset + element * type.bytes}`;
    return invalidData(source, position, expected, `${found} (element [${indexIn(shape, element).join(", ")}])`);
  });
  return { shape, values, isInteger: type.isInteger };
}

function idxLength(head: Uint8Array, source: string): number {
  const { type, shape, dataOffset } = readHeader(head, source);
  return dataOffset + elementCount(shape) * type.bytes;
}

function readHeader(bytes: Uint8Array, source: string): IdxHeader {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    throw notThe("an IDX file, which begins with 00 00", bytes, source);
  const type = types.get(bytes[2]);
  if (!type) {
    const codes = [...types].map(([code, { name }]) => `${code} (${name})`).join(", ");
    throw invalidData(source, "byte 2", `one of the type codes ${codes}`, bytes[2]);
  }
  const rank = bytes[3];
  if (rank < 1 || rank > 4) throw invalidData(source, "byte 3", "1 to 4 dimensions", rank);
  const dataOffset = 4 + 4 * rank;
  if (bytes.length < dataOffset) {
    throw invalidData(source, `byte ${bytes.length}`, `a header of ${dataOffset} bytes`, "the end of the file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (elementCount(shape) > mostNumbers)
    throw invalidData(source, "byte 4", `at most ${mostNumbers} numbers`, shape.join(" x "));
  return { type, shape, dataOffset };
}

function scaled(stored: StoredArray): StoredArray {
  const { shape, values } = stored;
  if (!(values instanceof Uint8Array)) return stored;
  const points = new Float32Array(values);
  for (let i = 0; i < points.length; i++) points[i] /= 255;
  return { shape, values: points, isInteger: false };
}
