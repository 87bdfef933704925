import { extname } from "node:path";
import type { WrittenRows } from "../data/formats/format.js";
import { writtenFormats } from "../data/formats/index.js";
import { ArgumentError } from "../errors.js";
import { requireWritable, writeAtomically } from "../experiment/files/atomic.js";

/** Ends of the names that samples may be written under. */
export const samplesEndings: readonly string[] = writtenFormats.map(({ extensions }) => extensions[0]);

/**
 * What writes samples and their classes, where the format has room, to a file; to be asked for before long work.
 * @throws ArgumentError for a name of no known end; FedscoreError FEDSCORE_FILE where nothing can be written.
 */
export function samplesFile(path: string): (rows: WrittenRows) => void {
  const ending = extname(path).toLowerCase();
  const format = writtenFormats.find(({ extensions }) => extensions[0] === ending);
  const write = format?.write;
  if (!write) throw new ArgumentError("--out", `must end in one of ${samplesEndings.join(", ")}`, path);
  requireWritable(path);
  return (rows) => writeAtomically(path, write(rows));
}
