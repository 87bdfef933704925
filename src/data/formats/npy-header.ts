import { type ElementType, elementTypes, mostNumbers } from "./elements.js";
import { notThe } from "./foreign.js";
import { advised, elementCount, invalidData } from "./invalid.js";
import { LiteralProblem, type PythonDictionary, type PythonValue, parsePythonLiteral } from "./python-literal.js";

/** What the header of an .npy file says. */
export interface NpyHeader {
  readonly type: ElementType;
  /** The type in NumPy's words: "<f4". */
  readonly descr: string;
  readonly byteOrder: "little" | "big";
  readonly fortranOrder: boolean;
  /** One to four lengths. */
  readonly shape: readonly number[];
  /** Where the data begin. */
  readonly dataOffset: number;
}

const magic = "\x93NUMPY";

/** As in NumPy, which writes a few hundred characters at most. */
const longestHeader = 10_000;

const types: Readonly<Record<string, ElementType>> = {
  b1: elementTypes.bool,
  i1: elementTypes.int8,
  i2: elementTypes.int16,
  i4: elementTypes.int32,
  i8: elementTypes.int64,
  u1: elementTypes.uint8,
  u2: elementTypes.uint16,
  u4: elementTypes.uint32,
  u8: elementTypes.uint64,
  f2: elementTypes.float16,
  f4: elementTypes.float32,
  f8: elementTypes.float64,
};

/** A type in NumPy's words, as NumPy writes them. */
export function descrOf(type: ElementType): string {
  const code = Object.keys(types).find((each) => types[each] === type);
  return `${type.bytes === 1 ? "|" : "<"}${code}`;
}

const asFloats = 'save numbers: np.save("rows.npy", array.astype("float32"))';

/** What else NumPy writes, by the letter of its type. */
const otherTypes: Readonly<Record<string, readonly [name: string, advice: string]>> = {
  O: ["Python objects", asFloats],
  c: ["complex numbers", 'save real ones: np.save("rows.npy", np.stack([array.real, array.imag], -1))'],
  f: ["a float type that only some machines have", asFloats],
  S: ["texts", asFloats],
  a: ["texts", asFloats],
  U: ["texts", asFloats],
  M: ["dates", 'save numbers: np.save("rows.npy", array.astype("int64"))'],
  m: ["time spans", 'save numbers: np.save("rows.npy", array.astype("int64"))'],
  V: ["raw bytes, as NumPy saves bfloat16", asFloats],
};

/** @throws FedscoreError FEDSCORE_INVALID_DATA for what is no .npy file, or holds what are no numbers. */
export function readNpyHeader(bytes: Uint8Array, source: string): NpyHeader {
  if (latin1(bytes, 0, magic.length) !== magic) throw notThe("an .npy file", bytes, source);
  const { begin, end, isUtf8 } = textOf(bytes, source);
  const text = isUtf8 ? new TextDecoder().decode(bytes.subarray(begin, end)) : latin1(bytes, begin, end);
  const { descr, fortran_order: fortranOrder, shape } = entriesOf(text, begin, source);
  if (typeof fortranOrder !== "boolean") {
    throw invalidData(source, "header key 'fortran_order'", "True or False", inWords(fortranOrder));
  }
  return { ...typeOf(descr, source), fortranOrder, shape: shapeOf(shape, source), dataOffset: end };
}

/** Bytes of a file that the beginning of it announces. */
export function npyLength(head: Uint8Array, source: string): number {
  const { type, shape, dataOffset } = readNpyHeader(head, source);
  return dataOffset + elementCount(shape) * type.bytes;
}

/** Where the text of the header is. */
function textOf(bytes: Uint8Array, source: string): { begin: number; end: number; isUtf8: boolean } {
  const major = bytes[6];
  if (!(major >= 1 && major <= 3))
    throw invalidData(source, "byte 6", "format version 1, 2 or 3", major ?? "the end of the file");
  const begin = major === 1 ? 10 : 12;
  if (bytes.length < begin) throw invalidData(source, `byte ${bytes.length}`, "a header length", "the end of the file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const longest = Math.min(longestHeader, bytes.length - begin);
  if (length > longest) throw invalidData(source, "byte 8", `a header length of at most ${longest}`, length);
  return { begin, end: begin + length, isUtf8: major === 3 };
}

const keys = ["descr", "fortran_order", "shape"] as const;

function entriesOf(text: string, offset: number, source: string): Record<(typeof keys)[number], PythonValue> {
  const { entries } = dictionaryOf(text, offset, source);
  const entry = (key: string): PythonValue => {
    const value = entries.get(key);
    if (value !== undefined) return value;
    const found = [...entries.keys()].join(", ");
    throw invalidData(source, `byte ${offset}`, `a header dictionary with the key '${key}'`, found);
  };
  const unknown = [...entries.keys()].find((key) => !keys.some((known) => known === key));
  const known = { descr: entry("descr"), fortran_order: entry("fortran_order"), shape: entry("shape") };
  if (unknown !== undefined)
    throw invalidData(source, `byte ${offset}`, `no header keys but ${keys.join(", ")}`, unknown);
  return known;
}

function dictionaryOf(text: string, offset: number, source: string): PythonDictionary {
  try {
    const value = parsePythonLiteral(text);
    if (typeof value === "object" && value?.kind === "dictionary") return value;
  } catch (error) {
    if (!(error instanceof LiteralProblem)) throw error;
    const found = text.slice(error.offset).trim() || "the end of the header";
    throw invalidData(source, `byte ${offset + error.offset}`, `${error.expected} in the header`, found, error);
  }
  throw invalidData(source, `byte ${offset}`, "a header that is a dictionary", text.trim());
}

function typeOf(descr: PythonValue, source: string): Pick<NpyHeader, "type" | "descr" | "byteOrder"> {
  const position = "header key 'descr'";
  const numbers = `numbers of a type of ${Object.keys(types).join(" ")}`;
  if (typeof descr !== "string") {
    const error = invalidData(source, position, numbers, `a structured array, ${inWords(descr)}`);
    throw advised(
      error,
      'save its fields as columns: np.save("rows.npy", np.stack([array[name] for name in array.dtype.names], -1))',
    );
  }
  const [, order = "", code = "", letter = ""] = /^([<>=|]?)(([A-Za-z])\d*)/.exec(descr) ?? [];
  if (descr === order + code && Object.hasOwn(types, code)) {
    return { type: types[code], descr, byteOrder: order === ">" ? "big" : "little" };
  }
  if (!Object.hasOwn(otherTypes, letter)) throw invalidData(source, position, numbers, descr);
  const [name, advice] = otherTypes[letter];
  throw advised(invalidData(source, position, numbers, `${descr}, ${name}`), advice);
}

function shapeOf(value: PythonValue, source: string): number[] {
  const position = "header key 'shape'";
  if (typeof value !== "object" || value?.kind !== "tuple")
    throw invalidData(source, position, "a tuple of lengths", inWords(value));
  const shape = value.items.map((length) => {
    if (typeof length === "number" && Number.isInteger(length) && length >= 0) return length;
    throw invalidData(source, position, "lengths that are integers >= 0", inWords(length));
  });
  if (shape.length < 1 || shape.length > 4) throw invalidData(source, position, "1 to 4 dimensions", shape.length);
  if (!shape.every(Number.isSafeInteger) || elementCount(shape) > mostNumbers)
    throw invalidData(source, position, `at most ${mostNumbers} numbers`, shape.join(" x "));
  return shape;
}

/** A value as Python writes it, roughly. */
function inWords(value: PythonValue): string | number {
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  if (value.kind === "dictionary") return "a dictionary";
  const items = value.items.map((item) => (typeof item === "string" ? `'${item}'` : inWords(item))).join(", ");
  if (value.kind === "list") return `[${items}]`;
  return value.items.length === 1 ? `(${items},)` : `(${items})`;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
