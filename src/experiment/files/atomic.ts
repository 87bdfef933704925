import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { FedscoreError } from "../../errors.js";
import { onPath } from "./on-path.js";

/**
 * Writes a file so that a reader sees the old bytes or all of the new ones, also after a crash: to a temporary file
 * beside it, flushed to the disk, then renamed. The temporary file is removed when anything fails.
 * @param mode who may read it, as of open: 0o600 for secrets, from their first byte on.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export function writeAtomically(path: string, content: Uint8Array | string, mode = 0o666): void {
  onPath("write", path, () => replace(path, content, mode));
}

/**
 * Throws unless a file can be written there: to be asked before long work. Leaves no trace.
 * @throws FedscoreError FEDSCORE_FILE.
 */
export function requireWritable(path: string): void {
  const refuse = (reason: string) => new FedscoreError("FEDSCORE_FILE", `cannot write ${path}: ${reason}`, { path });
  if (!existsSync(dirname(path))) throw refuse(`no such folder: ${dirname(path)}`);
  const there = onPath("write", path, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== false) probe(temporaryOf(path));
    return stats;
  });
  if (there?.isDirectory()) throw refuse("it is a folder: name a file in it");
  if (there?.isFile() === false) throw refuse("it is a device or a pipe, not a file");
}

function probe(path: string): void {
  closeSync(openSync(path, "w"));
  rmSync(path);
}

function temporaryOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

function replace(path: string, content: Uint8Array | string, mode: number): void {
  const temporary = temporaryOf(path);
  try {
    const file = openSync(temporary, "w", mode);
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
