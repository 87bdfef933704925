import { describeValue } from "../../errors.js";
import { JsonProblem, parseJson } from "../../parse-json.js";
import { type ElementType, elementTypes } from "./elements.js";
import { foreignFile, notThe } from "./foreign.js";
import { elementCount, invalidData } from "./invalid.js";

/** A tensor's place in the data. */
export interface HeaderEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their data, without hole or overlap. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly dataOffset: number;
}

export const metadataKey = "__metadata__";

/** Longest header that the format allows, in bytes. */
export const longestHeader = 100_000_000;

const types: Readonly<Record<string, ElementType>> = {
  F64: elementTypes.float64,
  F32: elementTypes.float32,
  F16: elementTypes.float16,
  BF16: elementTypes.bfloat16,
  I64: elementTypes.int64,
  I32: elementTypes.int32,
  I16: elementTypes.int16,
  I8: elementTypes.int8,
  U64: elementTypes.uint64,
  U32: elementTypes.uint32,
  U16: elementTypes.uint16,
  U8: elementTypes.uint8,
  BOOL: elementTypes.bool,
};

/** The name of a type in the format. */
export function dtypeOf(type: ElementType): string {
  const dtype = Object.keys(types).find((each) => types[each] === type);
  if (dtype === undefined) throw new Error(`no dtype for ${type.name}`);
  return dtype;
}

/** The header of a safetensors file, which fits the length of the file. @throws FedscoreError FEDSCORE_INVALID_DATA. */
export function readSafetensorsHeader(bytes: Uint8Array, source: string): SafetensorsHeader {
  const { header, dataOffset } = parseHeader(bytes, source);
  const metadata = readMetadata(header[metadataKey], source);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, entry]) => readEntry(name, entry, source))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      const rule = `data_offsets that begin at ${covered}, where the tensor before ends`;
      throw invalidData(source, placeOf(name), rule, begin);
    }
    covered = end;
  }
  if (dataOffset + covered !== bytes.length) {
    throw invalidData(source, `byte ${dataOffset}`, `${covered} bytes of data`, bytes.length - dataOffset);
  }
  return { entries, metadata, dataOffset };
}

/** What errors call a tensor. */
export function placeOf(name: string): string {
  return `tensor ${describeValue(name)}`;
}

function parseHeader(bytes: Uint8Array, source: string): { header: Record<string, unknown>; dataOffset: number } {
  if (bytes.length < 8) throw invalidData(source, "byte 0", "8 bytes of header length", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const longest = Math.min(longestHeader, bytes.length - 8);
  if (length > longest) {
    if (foreignFile(bytes)) throw notThe(`a header length of at most ${longest}`, bytes, source);
    throw invalidData(source, "byte 0", `a header length of at most ${longest}`, length);
  }
  const header = readJson(bytes.subarray(8, 8 + length), source);
  if (!isRecord(header)) throw invalidData(source, "byte 8", "a JSON object as header", header);
  return { header, dataOffset: 8 + length };
}

function readJson(bytes: Uint8Array, source: string): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    const found =
      cause instanceof JsonProblem ? `${cause.message}, in column ${cause.column}` : "bytes that are not UTF-8";
    throw invalidData(source, "byte 8", "a header of valid JSON", found, cause);
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
      if (typeof text !== "string") {
        throw invalidData(source, `${metadataKey} key ${describeValue(key)}`, "a string", text);
      }
      return [key, text];
    }),
  );
}

function readEntry(name: string, entry: unknown, source: string): HeaderEntry {
  const position = placeOf(name);
  if (!isRecord(entry)) throw invalidData(source, position, "an object with dtype, shape and data_offsets", entry);
  const { dtype } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(types, dtype)) {
    throw invalidData(source, position, `a dtype of ${Object.keys(types).join(" ")}`, dtype);
  }
  const type = types[dtype];
  const shape = readIntegers(entry.shape, source, `${position}, shape`);
  const offsets = readIntegers(entry.data_offsets, source, `${position}, data_offsets`);
  const [begin, end] = offsets;
  const length = elementCount(shape) * type.bytes;
  if (offsets.length !== 2 || end - begin !== length) {
    const rule = `data_offsets [begin, begin + ${length}] for shape [${shape.join(", ")}] of ${dtype}`;
    throw invalidData(source, position, rule, `[${offsets.join(", ")}]`);
  }
  return { name, type, shape, begin, end };
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
