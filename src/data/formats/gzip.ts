import { Gunzip } from "fflate/browser";
import { crc32 } from "../../crc32.js";
import { describeValue, type FedscoreError } from "../../errors.js";
import { advised, invalidData } from "./invalid.js";

/** Most bytes that a compressed file may hold: 512 MiB. */
export const mostInflated = 2 ** 29;

/** What a header is found in. */
const headLength = 16_384;

/** Bytes of a member behind its data: CRC-32 and length. */
const trailerLength = 8;

/** Compressed bytes that are inflated at a time, to at most 1032 times as many. */
const pieceLength = 8192;

/** Whether a file is gzip, by its first bytes. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * What a gzip file (RFC 1952) of one or several members holds, checked against the CRC-32 and length of each; the same in every engine.
 * Stops inflating as soon as more than `most` bytes come. `source` names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function gunzip(bytes: Uint8Array, source: string, most = mostInflated): Uint8Array<ArrayBuffer> {
  const inflated = new Inflated();
  for (const chunk of inflate(bytes, source)) {
    inflated.add(chunk);
    if (inflated.length <= most) continue;
    throw tooLong(source, most, "more");
  }
  return inflated.whole();
}

/**
 * What a gzip file holds, no more than its own beginning announces.
 * @param announces the bytes that all of it has, by the first ones; undefined where they do not say.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function gunzipAnnounced(
  bytes: Uint8Array,
  source: string,
  announces: (head: Uint8Array) => number | undefined,
): Uint8Array<ArrayBuffer> {
  const announced = announces(gunzipStart(bytes, source, headLength));
  if (announced !== undefined && announced > mostInflated) throw tooLong(source, mostInflated, announced);
  return gunzip(bytes, source, announced);
}

/** The first `length` bytes of what a gzip file holds, fewer where it holds fewer; what follows is not looked at. */
export function gunzipStart(bytes: Uint8Array, source: string, length: number): Uint8Array<ArrayBuffer> {
  const inflated = new Inflated();
  for (const chunk of inflate(bytes, source)) {
    inflated.add(chunk);
    if (inflated.length >= length) break;
  }
  return inflated.whole().slice(0, length);
}

function tooLong(source: string, most: number, found: unknown): FedscoreError {
  const error = invalidData(source, `decompressed byte ${most}`, `at most ${most} bytes of gzip data`, found);
  return most === mostInflated ? advised(error, "decompress it first") : error;
}

/**
 * The bytes that a gzip file holds, however many, piece by piece.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for damage, once it is come to.
 */
export function* inflate(bytes: Uint8Array, source: string): Generator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  const member = new Member();
  const stream = new Gunzip((chunk) => {
    member.add(chunk);
    chunks.push(chunk);
  });
  let position = 0;
  const refuse = (found: string, cause?: unknown) =>
    invalidData(source, `compressed byte ${position}`, "gzip data without damage", found, cause);
  stream.onmember = (next) => {
    if (!member.endsWith(bytes, next)) throw new Error("checksum or length that differs from the data");
    member.begin();
  };
  for (; position < bytes.length; position += pieceLength) {
    chunks = [];
    try {
      stream.push(bytes.subarray(position, position + pieceLength));
    } catch (cause) {
      throw refuse(cause instanceof Error ? cause.message : describeValue(cause), cause);
    }
    yield* chunks;
  }
  position = bytes.length;
  if (!member.endsWith(bytes, bytes.length))
    throw refuse("checksum or length that differs from the data, or a cut end");
}

/** Checksum and length of the data of one member so far. */
class Member {
  #checksum = 0;
  #length = 0;

  add(chunk: Uint8Array): void {
    this.#checksum = crc32(chunk, 0, chunk.length, this.#checksum);
    this.#length += chunk.length;
  }

  begin(): void {
    this.#checksum = 0;
    this.#length = 0;
  }

  /** Whether the trailer before `end` is that of these data. */
  endsWith(bytes: Uint8Array, end: number): boolean {
    if (end < trailerLength) return false;
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end - trailerLength, trailerLength);
    return trailer.getUint32(0, true) === this.#checksum && trailer.getUint32(4, true) === this.#length % 2 ** 32;
  }
}

/** Chunks that become one array. */
class Inflated {
  readonly #chunks: Uint8Array[] = [];
  length = 0;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  whole(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.length;
    }
    return whole;
  }
}
