import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { FedscoreError } from "../../errors.js";
import { fileNames } from "../../experiment/files/names.js";
import { onPath } from "../../experiment/files/on-path.js";

/**
 * The file that is meant: of the folder of a run or sweep its result.
 * @param purpose what is to be done with it, as in "inspect".
 * @throws FedscoreError FEDSCORE_FILE where a folder has none.
 */
export function resultFile(path: string, purpose: string): string {
  if (!onPath("read", path, () => statSync(path)).isDirectory()) return path;
  const files = Object.values(fileNames).map((name) => join(path, name));
  const result = join(path, fileNames.result);
  if (existsSync(result)) return result;
  const others = files.filter((file) => existsSync(file));
  const advice = others.length === 0 ? "name a file" : `name a file in it: ${others.join(", ")}`;
  throw new FedscoreError(
    "FEDSCORE_FILE",
    `cannot ${purpose} ${path}: it is a folder without a ${fileNames.result}; ${advice}`,
    { path },
  );
}
