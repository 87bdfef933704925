import { crc32, crc32Of } from "../crc32.js";
import { FedscoreError } from "../errors.js";
import { JsonProblem, parseJson } from "../parse-json.js";

/**
 * Layout, little-endian: magic (8 bytes), version and length of the header (uint32 each), header (JSON in UTF-8: values, and
 * name, type and length of each array), zeros up to a multiple of 8, the arrays, each up to a multiple of 8, zeros (4 bytes) and
 * the CRC-32 of all bytes before it (uint32).
 */
const magic = "fedscore";
const version = 2;
const fixedBytes = 16;
const tailBytes = 8;

const arrayTypes = { Float32Array, Float64Array, Uint8Array } as const;
type ArrayType = keyof typeof arrayTypes;

export type CheckpointArray = Float32Array | Float64Array | Uint8Array;

/** What a checkpoint file holds. */
export interface CheckpointContent {
  /** JSON values. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, CheckpointArray>>;
}

/** An array of the file: where it begins, and what it is. */
interface Place {
  readonly name: string;
  readonly type: ArrayType;
  readonly length: number;
}

export function encodeCheckpoint({ values, arrays }: CheckpointContent): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(arrays);
  const table = entries.map(([name, array]) => ({ name, type: array.constructor.name, length: array.length }));
  const header = new TextEncoder().encode(JSON.stringify({ values, arrays: table }));
  const begin = padded(fixedBytes + header.length);
  const size = entries.reduce((sum, [, array]) => sum + padded(array.byteLength), begin) + tailBytes;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  view.setUint32(8, version, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, fixedBytes);
  let offset = begin;
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += padded(array.byteLength);
  }
  view.setUint32(size - 4, crc32(bytes.subarray(0, size - 4)), true);
  return bytes;
}

/** @throws FedscoreError FEDSCORE_CHECKPOINT for other files, other versions, and bytes that were cut off or changed. */
export function decodeCheckpoint(bytes: Uint8Array): CheckpointContent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fixedBytes + tailBytes || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) {
    throw checkpointError("it is not a fedscore checkpoint, or cut off at its beginning", { bytes: bytes.length });
  }
  const found = view.getUint32(8, true);
  if (found !== version) {
    throw checkpointError(`it has format version ${found}, this version of fedscore reads ${version}`, {
      version: found,
    });
  }
  const [stored, computed] = [view.getUint32(bytes.length - 4, true), crc32(bytes.subarray(0, bytes.length - 4))];
  if (stored !== computed) {
    throw checkpointError("its checksum does not match: it was cut off or changed", { stored, computed });
  }
  const headerEnd = fixedBytes + view.getUint32(12, true);
  if (headerEnd > bytes.length - tailBytes) throw checkpointError("its header is longer than the file");
  const { values, places } = readHeader(bytes.subarray(fixedBytes, headerEnd));
  return { values, arrays: readArrays(bytes, padded(headerEnd), places) };
}

/**
 * CRC-32 of the meaning of a content, whatever the bytes it stands in: kept among the values, it binds values and arrays to one another.
 * @param values of JSON, without the checksum itself.
 */
export function contentChecksum({ values, arrays }: CheckpointContent): number {
  const sums = Object.entries(arrays).map(([name, array]) => `${name} ${array.constructor.name} ${crc32Of(array)}`);
  return crc32(new TextEncoder().encode([JSON.stringify(values), ...sums].join("\n")));
}

/** A checkpoint that cannot be used; `details.problem` is why. */
export function checkpointError(problem: string, details: Readonly<Record<string, unknown>> = {}): FedscoreError {
  const message = `cannot resume from this checkpoint: ${problem}`;
  return new FedscoreError("FEDSCORE_CHECKPOINT", message, { problem, ...details });
}

function readHeader(bytes: Uint8Array): { values: CheckpointContent["values"]; places: readonly Place[] } {
  const header = parsed(bytes);
  if (!isObject(header) || !isObject(header.values) || !Array.isArray(header.arrays) || !header.arrays.every(isPlace)) {
    throw checkpointError("its header does not say what it holds");
  }
  const places: readonly Place[] = header.arrays;
  if (new Set(places.map(({ name }) => name)).size < places.length) {
    throw checkpointError("its header names an array twice");
  }
  return { values: header.values, places };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    throw checkpointError("its header is not JSON");
  }
}

function readArrays(bytes: Uint8Array, begin: number, places: readonly Place[]): CheckpointContent["arrays"] {
  const sizes = places.map(({ type, length }) => length * arrayTypes[type].BYTES_PER_ELEMENT);
  const end = sizes.reduce((sum, size) => sum + padded(size), begin);
  if (end !== bytes.length - tailBytes) {
    throw checkpointError(`its arrays end at byte ${end}, the file at ${bytes.length - tailBytes}`);
  }
  let offset = begin;
  const read = places.map(({ name, type }, index) => {
    const copy = new Uint8Array(bytes.subarray(offset, offset + sizes[index]));
    offset += padded(sizes[index]);
    return [name, new arrayTypes[type](copy.buffer)] as const;
  });
  return Object.fromEntries(read);
}

function isPlace(value: unknown): value is Place {
  if (!isObject(value)) return false;
  const { name, type, length } = value;
  const known = typeof type === "string" && Object.hasOwn(arrayTypes, type);
  return typeof name === "string" && known && Number.isSafeInteger(length) && Number(length) >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
