import { inflateSync } from "fflate/browser";
import { crc32 } from "../../crc32.js";
import { describeValue } from "../../errors.js";
import { mostInflated } from "./gzip.js";
import { invalidData } from "./invalid.js";

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Of all that is in it, before it was compressed. */
  readonly size: number;
  /** @throws FedscoreError FEDSCORE_INVALID_DATA for damage and for what zip has beside stored and deflated files. */
  read(): Uint8Array;
}

const endLength = 22;
const longestComment = 0xffff;

/** Most bytes that deflate makes of one. */
const mostGrowth = 1032;

/**
 * The files of a zip archive by its central directory (PKWARE APPNOTE.TXT, 4.3), in its order.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function zipEntries(bytes: Uint8Array, source: string): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  if (end < 0) throw invalidData(source, `byte ${bytes.length}`, "a zip archive with its end", "none");
  const count = view.getUint16(end + 10, true);
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50)
      throw invalidData(source, `byte ${at}`, `entry ${index} of the archive's directory`, "none");
    const lengths = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + lengths[0]));
    if (entries.some((entry) => entry.name === name))
      throw invalidData(source, `byte ${at}`, "files of different names", name);
    entries.push(entryAt(view, at, name, source));
    at += 46 + lengths.reduce((sum, length) => sum + length, 0);
  }
  return entries;
}

/** Where the end record begins, which a comment may follow; -1 where there is none. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - endLength - longestComment);
  for (let at = view.byteLength - endLength; at >= first; at--) if (view.getUint32(at, true) === 0x06054b50) return at;
  return -1;
}

function entryAt(view: DataView, at: number, name: string, source: string): ZipEntry {
  const [flags, method] = [8, 10].map((offset) => view.getUint16(at + offset, true));
  const [checksum, compressed, size] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true));
  const local = view.getUint32(at + 42, true);
  const refuse = (expected: string, found: unknown, cause?: unknown) =>
    invalidData(source, `file ${describeValue(name)}`, expected, found, cause);
  const contentOf = (): Uint8Array => {
    if (local + 30 > view.byteLength || view.getUint32(local, true) !== 0x04034b50)
      throw refuse("a header before its data", "none");
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (begin + compressed > view.byteLength) throw refuse(`${compressed} bytes of data`, "the end of the archive");
    const data = new Uint8Array(view.buffer, view.byteOffset + begin, compressed);
    if (method === 0) return data;
    if (method !== 8) throw refuse("a file that is stored or deflated", `method ${method}`);
    if (size > mostInflated || size > mostGrowth * compressed)
      throw refuse(`at most ${Math.min(mostInflated, mostGrowth * compressed)} bytes when inflated`, size);
    try {
      return inflateSync(data, { out: new Uint8Array(size) });
    } catch (cause) {
      throw refuse(
        "deflated data without damage",
        cause instanceof Error ? cause.message : describeValue(cause),
        cause,
      );
    }
  };
  return {
    name,
    size,
    read() {
      if (flags & 1) throw refuse("a file that is not encrypted", "an encrypted one");
      const content = contentOf();
      if (content.length !== size) throw refuse(`${size} bytes`, content.length);
      if (crc32(content) !== checksum) throw refuse("data of the archive's checksum", "others");
      return content;
    },
  };
}
