import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "./atomic.js";
import { lockName } from "./lock.js";
import { fileNames, isPassing, replacedFolder } from "./names.js";
import { onPath } from "./on-path.js";

/**
 * Makes the folder and takes the files of an earlier run out of the way: into `replaced/`, where they stay until the new run has a result. A run
 * without a result does not replace one there that has a result, and one with nothing but a log is not kept. Files of others stay.
 */
export function clearFolder(folder: string): void {
  onPath("use output folder", folder, () => {
    mkdirSync(folder, { recursive: true });
    setAside(folder);
  });
}

/** The result comes last, so that it tells in either folder that all the others are there. */
function setAside(folder: string): void {
  const replaced = join(folder, replacedFolder);
  const found = Object.values(fileNames).filter((name) => existsSync(join(folder, name)));
  const isIn = (place: string) => existsSync(join(place, fileNames.result));
  const hasOnlyLog = found.every((name) => name === fileNames.log);
  if (hasOnlyLog || (isIn(replaced) && !isIn(folder))) {
    for (const name of found) rmSync(join(folder, name), { force: true });
    return;
  }
  if (isIn(replaced)) rmSync(replaced, { recursive: true });
  mkdirSync(replaced, { recursive: true });
  for (const name of [...found.filter((each) => each !== fileNames.result), fileNames.result]) {
    if (found.includes(name)) renameSync(join(folder, name), join(replaced, name));
  }
}

/** Removes what a run that has a result now has replaced. */
export function removeReplaced(folder: string): void {
  const path = join(folder, replacedFolder);
  onPath("remove", path, () => rmSync(path, { recursive: true, force: true }));
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
