import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FedscoreError } from "../../errors.js";
import { causeOf } from "./cause.js";

/**
 * Writes a file so that a reader sees the old bytes or all of the new ones, also after a crash: to a temporary file
 * beside it, flushed to the disk, then renamed. The temporary file is removed when anything fails.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export function writeAtomically(path: string, content: Uint8Array | string): void {
  try {
    replace(path, content);
  } catch (error) {
    throw new FedscoreError("FEDSCORE_FILE", `cannot write ${path}: ${causeOf(error)}`, { path }, error);
  }
}

/** Throws unless the folder of a file that is to be written is there: to be asked before long work. */
export function requireFolderOf(path: string): void {
  if (existsSync(dirname(path))) return;
  throw new FedscoreError("FEDSCORE_FILE", `cannot write ${path}: no such folder: ${dirname(path)}`, { path });
}

function replace(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushFolder(dirname(path));
}

/** Makes the rename itself durable; Windows has no handles of folders and needs none. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
