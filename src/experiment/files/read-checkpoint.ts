import { existsSync } from "node:fs";
import { type CheckpointFile, decodeCheckpointFile, inCheckpointFile } from "./checkpoint-file.js";
import { readBytes } from "./read-file.js";

/**
 * What a stage kept; undefined where it had no checkpoint yet.
 * @throws FedscoreError FEDSCORE_FILE; FEDSCORE_CHECKPOINT naming the file, what is wrong with it and the way to start anew.
 */
export function readCheckpointFile(path: string): CheckpointFile | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readBytes(path);
  return inCheckpointFile(path, () => decodeCheckpointFile(bytes));
}
