import {
  ArgumentError,
  ArgumentTypeError,
  type FedscoreError,
  requireArray,
  requireInteger,
  requireTyped,
} from "../../errors.js";
import { firstNonFinite } from "../finite.js";
import { copyBytes, elementCount, indexIn } from "./invalid.js";

/** Numbers as files of arrays hold them. */
export type NumberValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** A type of numbers in files. */
export interface ElementType {
  readonly name: string;
  /** Of one number. */
  readonly bytes: number;
  readonly isInteger: boolean;
  /** From little-endian bytes; what the type does not have, or a number does not hold exactly, is refused. */
  decode(buffer: ArrayBuffer, refuse: Refusal): NumberValues;
}

/** The error for an element of a file that cannot be read. */
export type Refusal = (element: number, expected: string, found: unknown) => FedscoreError;

/** Most numbers of one array: 4 GiB of float32. */
export const mostNumbers = 2 ** 30;

const integer = (name: string, bytes: number, decode: ElementType["decode"]): ElementType => ({
  ...{ name, bytes, decode },
  isInteger: true,
});
const float = (name: string, bytes: number, decode: ElementType["decode"]): ElementType => ({
  ...{ name, bytes, decode },
  isInteger: false,
});

/** 64-bit integers come as float64, all other types as the narrowest array that holds them exactly. */
export const elementTypes = {
  bool: integer("bool", 1, (buffer, refuse) => {
    const values = new Uint8Array(buffer);
    const bad = values.findIndex((value) => value > 1);
    if (bad >= 0) throw refuse(bad, "booleans, 0 or 1", values[bad]);
    return values;
  }),
  int8: integer("int8", 1, (buffer) => new Int8Array(buffer)),
  int16: integer("int16", 2, (buffer) => new Int16Array(buffer)),
  int32: integer("int32", 4, (buffer) => new Int32Array(buffer)),
  int64: integer("int64", 8, (buffer, refuse) => exactIntegers(new BigInt64Array(buffer), refuse)),
  uint8: integer("uint8", 1, (buffer) => new Uint8Array(buffer)),
  uint16: integer("uint16", 2, (buffer) => new Uint16Array(buffer)),
  uint32: integer("uint32", 4, (buffer) => new Uint32Array(buffer)),
  uint64: integer("uint64", 8, (buffer, refuse) => exactIntegers(new BigUint64Array(buffer), refuse)),
  float16: float("float16", 2, (buffer) => Float32Array.from(new Uint16Array(buffer), float16)),
  bfloat16: float("bfloat16", 2, (buffer) => {
    const bits = Uint32Array.from(new Uint16Array(buffer), (half) => half << 16);
    return new Float32Array(bits.buffer);
  }),
  float32: float("float32", 4, (buffer) => new Float32Array(buffer)),
  float64: float("float64", 8, (buffer) => new Float64Array(buffer)),
} satisfies Readonly<Record<string, ElementType>>;

/** The numbers that bytes[from] to bytes[to - 1] are, in a buffer of their own. @throws what `refuse` gives, for NaN and Infinity too. */
export function decodeElements(
  type: ElementType,
  bytes: Uint8Array,
  [from, to]: readonly [number, number],
  byteOrder: "little" | "big",
  refuse: Refusal,
): NumberValues {
  const copy = copyBytes(bytes, from, to);
  if (byteOrder === "big") swapBytes(copy, type.bytes);
  const values = type.decode(copy.buffer, refuse);
  const bad = isFloats(values) ? firstNonFinite(values) : -1;
  if (bad >= 0) throw refuse(bad, "finite numbers", values[bad]);
  return values;
}

const writable = [
  { Values: Float32Array, type: elementTypes.float32 },
  { Values: Float64Array, type: elementTypes.float64 },
  { Values: Int8Array, type: elementTypes.int8 },
  { Values: Int16Array, type: elementTypes.int16 },
  { Values: Int32Array, type: elementTypes.int32 },
  { Values: Uint8Array, type: elementTypes.uint8 },
  { Values: Uint16Array, type: elementTypes.uint16 },
  { Values: Uint32Array, type: elementTypes.uint32 },
] as const;

/**
 * The type that values are written as, once they are known to be finite and as many as their shape says; `argument` names them.
 * @throws ArgumentError, ArgumentTypeError.
 */
export function typeToWrite(argument: string, values: NumberValues, shape: readonly number[]): ElementType {
  const found = writable.find(({ Values }) => values instanceof Values);
  if (!found) {
    const names = writable.map(({ Values }) => Values.name).join(", ");
    throw new ArgumentTypeError(argument, `must be one of ${names}`, values);
  }
  requireTyped<NumberValues>(argument, values, found.Values);
  if (elementCount(shape) !== values.length) {
    throw new ArgumentError(argument, `must be as many as their shape says, ${shape.join(" x ")}`, values.length);
  }
  if (values.length > mostNumbers) throw new ArgumentError(argument, `must be at most ${mostNumbers}`, values.length);
  const bad = isFloats(values) ? firstNonFinite(values) : -1;
  if (bad < 0) return found.type;
  throw new ArgumentError(`${argument}[${indexIn(shape, bad).join("][")}]`, "must be finite", values[bad]);
}

/** @throws ArgumentError, ArgumentTypeError unless a shape has one to four lengths. */
export function requireShape(shape: readonly number[]): void {
  requireArray("shape", shape);
  if (shape.length < 1 || shape.length > 4) throw new ArgumentError("shape", "must have 1 to 4 lengths", shape.length);
  shape.forEach((length, axis) => {
    requireInteger(`shape[${axis}]`, length, 0);
  });
}

export function isFloats(values: NumberValues): values is Float32Array | Float64Array {
  return values instanceof Float32Array || values instanceof Float64Array;
}

/** The bytes of an array. */
export function bytesOf(values: NumberValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function exactIntegers(stored: BigInt64Array | BigUint64Array, refuse: Refusal): Float64Array {
  const values = new Float64Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    values[i] = Number(stored[i]);
    if (!Number.isSafeInteger(values[i])) throw refuse(i, "integers below 2^53", stored[i]);
  }
  return values;
}

/** A number of IEEE 754 binary16, by its bits. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Turns the bytes of every `width` around. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
