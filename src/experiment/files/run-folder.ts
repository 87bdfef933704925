import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "./atomic.js";
import { lockName } from "./lock.js";
import { fileNames, isPassing } from "./names.js";
import { onPath } from "./on-path.js";

/** Makes the folder and removes the files of an earlier run, the result first; other files stay. */
export function clearFolder(folder: string): void {
  onPath("use output folder", folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const name of Object.values(fileNames)) rmSync(join(folder, name), { force: true });
  });
}

/** Removes what processes that are no more were writing into a folder that is this process's own. */
export function removeUnfinished(folder: string): void {
  onPath("use output folder", folder, () => {
    const left = readdirSync(folder).filter((name) => isPassing(name) && !name.startsWith(lockName));
    for (const name of left) rmSync(join(folder, name), { force: true });
  });
}

/** Writes one file of a run, whole or not at all. */
export function writeRunFile(folder: string, name: string, content: Uint8Array | string): void {
  writeAtomically(join(folder, name), content);
}
