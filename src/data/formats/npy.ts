import { requireText, requireTyped } from "../../errors.js";
import { rowsOf, type StoredArray } from "./array-rows.js";
import { bytesOf, decodeElements, isFloats, type NumberValues, requireShape, typeToWrite } from "./elements.js";
import { dataFormat } from "./format.js";
import { elementCount, indexIn, invalidData } from "./invalid.js";
import { descrOf, npyLength, readNpyHeader } from "./npy-header.js";

/** A NumPy array in C order. float16 and float32 come as float32, every other type as float64; both hold them exactly. */
export interface NpyArray {
  /** One to four lengths. */
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/**
 * Reads a NumPy .npy file (format 1.0 to 3.0; NumPy Enhancement Proposal 1): one to four dimensions of booleans, integers or floats, little- or
 * big-endian, in C or Fortran order. `source` names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for damage, types that are no numbers, NaN, Infinity and integers of 2^53 and more.
 */
export function readNpy(bytes: Uint8Array, source: string): NpyArray {
  const { shape, values } = readStoredNpy(bytes, source);
  return { shape, values: isFloats(values) ? values : Float64Array.from(values) };
}

/** Rows of an array, taken as they are. */
export const npy = dataFormat({
  kind: "npy",
  source: "NumPy Enhancement Proposal 1",
  text: "Rows of a NumPy array of numbers: [rows, dimension], [rows], or grey images [rows, height, width].",
  extensions: [".npy"],
  fields: {},
  recognizes: (bytes) => bytes[0] === 0x93 && bytes[1] === 0x4e,
  announces: npyLength,
  readArray: async ({ bytes, source }) => readNpy(bytes, source),
  create: async (_, { bytes, source }) => rowsOf(readStoredNpy(bytes, source), source),
  write: ({ points, dimension }) => writeNpy(points, [points.length / dimension, dimension]),
});

/** The same with integers as the file has them. */
export function readStoredNpy(bytes: Uint8Array, source: string): StoredArray {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { type, descr, byteOrder, fortranOrder, shape, dataOffset } = readNpyHeader(bytes, source);
  const [needed, have] = [elementCount(shape) * type.bytes, bytes.length - dataOffset];
  if (needed !== have) {
    const expected = `${needed} bytes of data for shape (${shape.join(", ")}) of ${descr}`;
    throw invalidData(source, `byte ${dataOffset}`, expected, have);
  }
  const stored = decodeElements(type, bytes, [dataOffset, bytes.length], byteOrder, (element, expected, found) => {
    const index = fortranOrder ? indexIn([...shape].reverse(), element).reverse() : indexIn(shape, element);
    const position = `byte ${dataOffset + element * type.bytes}`;
    return invalidData(source, position, expected, `${found} (element [${index.join(", ")}])`);
  });
  const { isInteger } = type;
  return { shape, isInteger, values: fortranOrder && shape.length > 1 ? toRowMajor(stored, shape) : stored };
}

const magic = "\x93NUMPY";

/**
 * A NumPy .npy file (format 1.0) in C order, of the type that the values have; `shape` has one to four lengths whose product is values.length.
 * @throws ArgumentError, ArgumentTypeError for what `readNpy` would not give back: NaN, Infinity, a shape of another size.
 */
export function writeNpy(values: NumberValues, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  requireShape(shape);
  const type = typeToWrite("values", values, shape);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descrOf(type)}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const dataOffset = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const text = `${magic}\x01\x00\0\0${dictionary.padEnd(dataOffset - 11)}\n`;
  const bytes = new Uint8Array(dataOffset + values.byteLength);
  for (let i = 0; i < dataOffset; i++) bytes[i] = text.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, dataOffset - 10, true);
  bytes.set(bytesOf(values), dataOffset);
  return bytes;
}

/** From Fortran order (first index fastest) to C order (last index fastest). */
function toRowMajor(stored: NumberValues, shape: readonly number[]): NumberValues {
  const values = stored.slice();
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  for (let next = 0, at = 0; next < values.length; next++) {
    values[next] = stored[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}
