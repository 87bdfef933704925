import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { FedscoreError } from "../errors.js";
import { fileNames } from "../experiment/files/names.js";

/** Where a run's files are. */
export interface RunPath {
  readonly folder: string;
  /** Its model.safetensors, or the file that was named in place of the folder. */
  readonly model: string;
}

/** The run that an argument names by its folder or its model file. @throws FedscoreError FEDSCORE_FILE where there is neither. */
export function runPath(path: string): RunPath {
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there) throw new FedscoreError("FEDSCORE_FILE", `cannot read ${path}: no such file or folder`, { path });
  return there.isDirectory()
    ? { folder: path, model: join(path, fileNames.model) }
    : { folder: dirname(path), model: path };
}
