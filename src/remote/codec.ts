import { ArgumentError, FedscoreError } from "../errors.js";
import { isTypedArray, type TypedArray, type TypedArrayName, typedArrayOf, typedArrays } from "./typed-arrays.js";

/**
 * Messages between machines: plain data with typed arrays as bytes. "FSM" and the version of the format, one byte; the length of the head, uint32;
 * the head, JSON; then the arrays it lists, little-endian, each begun at a multiple of 8. No length is believed before the bytes are seen to be there.
 */
const version = 1;
const magic = [0x46, 0x53, 0x4d, version];
const headBegin = 8;

/** Deepest nesting of data: nothing of this package comes near it. */
const deepest = 64;

/** Most bytes of a message, where the caller does not say. */
export const mostMessageBytes = 2 ** 30;

/** What stands in place of values that JSON does not have, under the key "$"; a number there is the place of an array. */
const specials = new Map<string, unknown>([
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

/**
 * Plain data as bytes: what JSON has, undefined, every number, and typed arrays, of which one that occurs several times travels once.
 * @throws ArgumentError for anything else, such as functions, instances of classes and what is nested deeper than 64.
 */
export function encodeMessage(value: unknown): Uint8Array {
  const writer = new Writer();
  const tree = writer.treeOf(value, 0);
  const arrays = writer.arrays.map((array) => [nameOf(array), array.length]);
  const head = new TextEncoder().encode(JSON.stringify({ value: tree, arrays }));
  const begins = placesOf(headBegin + head.length, writer.arrays);
  const bytes = new Uint8Array(begins.end);
  bytes.set(magic);
  new DataView(bytes.buffer).setUint32(4, head.length, true);
  bytes.set(head, headBegin);
  for (const [index, { buffer, byteOffset, byteLength }] of writer.arrays.entries())
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), begins.at[index]);
  return bytes;
}

/**
 * The data of a message; each array has memory of its own.
 * @throws FedscoreError FEDSCORE_MESSAGE where the bytes are no message, are damaged or are more than `most`.
 */
export function decodeMessage(bytes: Uint8Array, most = mostMessageBytes): unknown {
  if (bytes.length > most) throw problem(`has ${bytes.length} bytes, the most are ${most}`);
  if (bytes.length < headBegin || magic.some((byte, index) => bytes[index] !== byte))
    throw problem(`does not begin as one of version ${version} does`);
  const headLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true);
  if (headLength > bytes.length - headBegin) throw problem(`has a head of ${headLength} bytes, which are not there`);
  const { value, arrays } = headOf(bytes.subarray(headBegin, headBegin + headLength));
  const shapes = arrays.map(shapeOf);
  const { at, end } = placesOf(headBegin + headLength, shapes);
  if (end !== bytes.length) throw problem(`has ${bytes.length} bytes, its arrays need ${end}`);
  const read = shapes.map(({ name, byteLength }, index) => {
    const copy = new Uint8Array(byteLength);
    copy.set(bytes.subarray(at[index], at[index] + byteLength));
    return typedArrayOf(name, copy.buffer);
  });
  return dataOf(value, read, 0);
}

/** Collects the arrays of a value. */
class Writer {
  readonly arrays: TypedArray[] = [];
  readonly #places = new Map<TypedArray, number>();

  /** What JSON says of a value. */
  treeOf(value: unknown, depth: number): unknown {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : special(value);
    if (value === undefined) return special(value);
    if (depth >= deepest) throw new ArgumentError("message", `must not be nested deeper than ${deepest}`, value);
    if (isTypedArray(value)) return { $: this.#placeOf(value) };
    if (Array.isArray(value)) return Array.from(value, (each) => this.treeOf(each, depth + 1));
    if (!isPlain(value)) throw new ArgumentError("message", "must be plain data and typed arrays", value);
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key.startsWith("$") ? `$${key}` : key, this.treeOf(each, depth + 1)]),
    );
  }

  #placeOf(array: TypedArray): number {
    const known = this.#places.get(array);
    if (known !== undefined) return known;
    this.#places.set(array, this.arrays.length);
    return this.arrays.push(array) - 1;
  }
}

function special(value: unknown): object {
  return { $: Object.is(value, -0) ? "-0" : String(value) };
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function nameOf(array: TypedArray): string {
  const found = Object.entries(typedArrays).find(([, Kind]) => array instanceof Kind);
  if (!found) throw new ArgumentError("message", "must have typed arrays of a known kind", array);
  return found[0];
}

/** Where arrays begin behind a head that ends at `from`, and where the last of them ends. */
function placesOf(from: number, arrays: readonly { readonly byteLength: number }[]): { at: number[]; end: number } {
  let end = from;
  const at = arrays.map(({ byteLength }) => {
    const begin = 8 * Math.ceil(end / 8);
    end = begin + byteLength;
    return begin;
  });
  return { at, end };
}

function headOf(bytes: Uint8Array): { value: unknown; arrays: readonly unknown[] } {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw problem("has a head that is no JSON", error);
  }
  if (!isPlain(head) || !("value" in head) || !("arrays" in head) || !Array.isArray(head.arrays))
    throw problem("has a head without value and arrays");
  return { value: head.value, arrays: head.arrays };
}

function shapeOf(entry: unknown): { name: TypedArrayName; byteLength: number } {
  const [name, length]: unknown[] = Array.isArray(entry) && entry.length === 2 ? entry : [];
  if (typeof name !== "string" || !Object.hasOwn(typedArrays, name)) throw problem("has an array of no known kind");
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0 || length > mostMessageBytes)
    throw problem("has an array of no length");
  const kind = name as TypedArrayName;
  return { name: kind, byteLength: length * typedArrays[kind].BYTES_PER_ELEMENT };
}

function dataOf(tree: unknown, arrays: readonly TypedArray[], depth: number): unknown {
  if (typeof tree !== "object" || tree === null) return tree;
  if (depth >= deepest) throw problem(`is nested deeper than ${deepest}`);
  if (Array.isArray(tree)) return tree.map((each) => dataOf(each, arrays, depth + 1));
  const entries = Object.entries(tree);
  if (entries.some(([key]) => key === "$")) return markedValue(entries, arrays);
  return Object.fromEntries(
    entries.map(([key, each]) => [key.startsWith("$") ? key.slice(1) : key, dataOf(each, arrays, depth + 1)]),
  );
}

function markedValue(entries: readonly (readonly [string, unknown])[], arrays: readonly TypedArray[]): unknown {
  const [[, mark]] = entries;
  if (entries.length === 1 && typeof mark === "string" && specials.has(mark)) return specials.get(mark);
  const array = entries.length === 1 && typeof mark === "number" ? arrays[mark] : undefined;
  if (array === undefined) throw problem("marks a value that is not there");
  return array;
}

function problem(what: string, cause?: unknown): FedscoreError {
  return new FedscoreError("FEDSCORE_MESSAGE", `the message ${what}`, {}, cause);
}
