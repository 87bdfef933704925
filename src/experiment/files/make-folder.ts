import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing. Unlike mkdir of Node, which tries for ever, it ends where a folder takes no other, as in /proc.
 * @returns the first that was made; undefined where the folder was there.
 */
export function makeFolder(folder: string): string | undefined {
  const path = resolve(folder);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return undefined;
  const parent = dirname(path);
  const first = found || parent === path ? undefined : makeFolder(parent);
  return mkdir(path) ? (first ?? path) : first;
}

/** False where another process has just made it. */
function mkdir(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
    throw error;
  }
}
