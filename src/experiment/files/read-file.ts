import { readFileSync, type Stats, statSync } from "node:fs";
import { FedscoreError } from "../../errors.js";
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
  const { name = path, place = "" } = role;
  const refusal = (reason: string, cause?: unknown) =>
    new FedscoreError("FEDSCORE_FILE", `${place}cannot read ${name}: ${reason}`, { path }, cause);
  const reading = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw refusal(causeOf(error), error);
    }
  };
  const stats = reading(() => statSync(path));
  const kind = otherKind(stats);
  if (kind !== undefined) throw refusal(kind);
  if (stats.size > longest) throw refusal(`it has ${stats.size} bytes, more than the ${longest} that are read`);
  // Files of /proc say that they are empty, and may have no end.
  return stats.size === 0 ? new Uint8Array(0) : reading(() => new Uint8Array(readFileSync(path)));
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
