import { crc32 } from "../crc32.js";
import { FedscoreError } from "../errors.js";

/**
 * Layout, little-endian: magic (8 bytes), version and length of the header (uint32 each), header (JSON in UTF-8: values, and
 * name, type and length of each array), zeros up to a multiple of 8, the arrays, each up to a multiple of 8, zeros (4 bytes) and
 * the CRC-32 of all bytes before it (uint32).
 */
const magic = "fedscore";
const version = 1;
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

interface Header {
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: readonly { readonly name: string; readonly type: ArrayType; readonly length: number }[];
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
  const { values, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(fixedBytes, headerEnd))) as Header;
  let offset = padded(headerEnd);
  const read = arrays.map(({ name, type, length }) => {
    const size = length * arrayTypes[type].BYTES_PER_ELEMENT;
    const copy = new Uint8Array(bytes.subarray(offset, offset + size));
    offset += padded(size);
    return [name, new arrayTypes[type](copy.buffer)] as const;
  });
  return { values, arrays: Object.fromEntries(read) };
}

export function checkpointError(problem: string, details: Readonly<Record<string, unknown>> = {}): FedscoreError {
  return new FedscoreError("FEDSCORE_CHECKPOINT", `cannot resume from this checkpoint: ${problem}`, details);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
