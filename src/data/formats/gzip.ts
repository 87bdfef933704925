import { Gunzip } from "fflate";
import { crc32 } from "../../crc32.js";
import { describeValue } from "../../errors.js";
import { invalidData } from "./invalid.js";

/** Most bytes that a compressed file may hold where its content does not say how many they are: 1 GiB. */
export const mostInflated = 2 ** 30;

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
    throw invalidData(source, `decompressed byte ${most}`, `at most ${most} bytes of gzip data`, "more");
  }
  return inflated.whole();
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

/** The bytes that a gzip file holds, piece by piece. */
function* inflate(bytes: Uint8Array, source: string): Generator<Uint8Array> {
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
