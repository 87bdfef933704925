import { extname } from "node:path";
import { writeNpy } from "../data/formats/npy.js";
import { writeCsv } from "../data/formats/write-csv.js";
import { ArgumentError } from "../errors.js";
import { requireWritable, writeAtomically } from "../experiment/files/atomic.js";

/** How samples are written, by the end of the file's name. */
const writers: Readonly<
  Record<string, (samples: Float32Array, dimension: number, classes?: Uint32Array) => Uint8Array | string>
> = {
  ".npy": (samples, dimension) => writeNpy(samples, [samples.length / dimension, dimension]),
  ".csv": writeCsv,
};

/**
 * What writes samples, float32 [count, dimension], and their classes, where the format has room, to a file; to be asked for before long work.
 * @throws ArgumentError for a name of no known end; FedscoreError FEDSCORE_FILE where nothing can be written.
 */
export function samplesFile(path: string): (samples: Float32Array, dimension: number, classes?: Uint32Array) => void {
  const write = writers[extname(path).toLowerCase()];
  if (!write) throw new ArgumentError("--out", `must end in ${Object.keys(writers).join(" or ")}`, path);
  requireWritable(path);
  return (samples, dimension, classes) => writeAtomically(path, write(samples, dimension, classes));
}
