import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FedscoreError } from "../errors.js";
import { fileNames, isRunFile } from "../experiment/files/names.js";
import { onPath } from "../experiment/files/on-path.js";

/** Where a run's files are. */
export interface RunPath {
  readonly folder: string;
  /** Its model.safetensors, or the file that was named in place of the folder. */
  readonly model: string;
}

/** The run that an argument names by its folder or its model file. @throws FedscoreError FEDSCORE_FILE where it names neither. */
export function runPath(path: string): RunPath {
  if (onPath("read", path, () => statSync(path)).isDirectory())
    return { folder: path, model: join(path, fileNames.model) };
  const folder = dirname(path);
  const name = basename(path);
  if (isRunFile(name) && name !== fileNames.model) {
    const advice = `name the folder ${folder}, or ${join(folder, fileNames.model)}`;
    throw new FedscoreError("FEDSCORE_FILE", `${path} is not the model of the run: ${advice}`, { path });
  }
  return { folder, model: path };
}
