import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from "node:fs";
import { FedscoreError } from "../../errors.js";
import type { FileSlices } from "../../tables/file/slices.js";
import { causeOf } from "./cause.js";

/** Longest file that is read: 2 GiB. */
export const longestFile = 2 ** 31;

/** Longest text that is read as a whole, such as a config: 64 MiB. */
export const longestText = 2 ** 26;

/** What a message says of a file. */
export interface FileRole {
  /** Path in the message. Default: the path that is read. */
  readonly name?: string;
  /** What stands before "cannot read PATH": "config.data.path: ". */
  readonly place?: string;
}

/**
 * The bytes of a regular file. Devices, pipes and sockets may have no end: they are refused before they are opened, and so is a file of
 * more than `longest` bytes.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export function readBytes(path: string, role: FileRole = {}, longest = longestFile): Uint8Array<ArrayBuffer> {
  const size = sizeOf(path, role);
  if (size > longest) throw refusal(path, role, `it has ${size} bytes, more than the ${longest} that are read`);
  // Files of /proc say that they are empty, and may have no end.
  return size === 0 ? new Uint8Array(0) : reading(path, role, () => new Uint8Array(readFileSync(path)));
}

/**
 * A regular file of any size, to be read part by part. It is open only while a part is read.
 * @throws FedscoreError FEDSCORE_FILE, also when a part is read.
 */
export function fileSlices(path: string, role: FileRole = {}): FileSlices {
  const part = (from: number, to: number): ArrayBuffer => {
    const bytes = new Uint8Array(Math.max(0, to - from));
    const file = openSync(path, "r");
    try {
      let read = 0;
      for (let more = 1; more > 0 && read < bytes.length; read += more)
        more = readSync(file, bytes, read, bytes.length - read, from + read);
      return bytes.buffer.slice(0, read);
    } finally {
      closeSync(file);
    }
  };
  return {
    size: sizeOf(path, role),
    slice: (from, to) => ({ arrayBuffer: async () => reading(path, role, () => part(from, to)) }),
  };
}

function sizeOf(path: string, role: FileRole): number {
  const stats = reading(path, role, () => statSync(path));
  const kind = otherKind(stats);
  if (kind !== undefined) throw refusal(path, role, kind);
  return stats.size;
}

function refusal(path: string, { name = path, place = "" }: FileRole, reason: string, cause?: unknown): FedscoreError {
  return new FedscoreError("FEDSCORE_FILE", `${place}cannot read ${name}: ${reason}`, { path }, cause);
}

function reading<Result>(path: string, role: FileRole, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw refusal(path, role, causeOf(error), error);
  }
}

/** The text of a file in UTF-8, without its byte order mark. @throws FedscoreError FEDSCORE_FILE. */
export function readText(path: string, role: FileRole = {}): string {
  return new TextDecoder().decode(readBytes(path, role, longestText));
}

function otherKind(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "it is a folder";
  const kind = stats.isFIFO() ? "a pipe" : stats.isSocket() ? "a socket" : "a device";
  return `it is ${kind}, not a file: write what comes from it into a file first`;
}
