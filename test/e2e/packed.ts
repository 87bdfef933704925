/** Packs the package and installs it in an empty folder, once for all tests of this project. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a stranger who installed the package; `page` in it is that of test/e2e. */
    readonly stranger: string;
  }
}

export async function setup({ provide }: TestProject) {
  const run = promisify(execFile);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "fedscore-e2e-"));
  await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], { cwd: folder });
  await cp(join(root, "test/e2e/page"), join(folder, "page"), { recursive: true });
  await writeFile(join(folder, "main.js"), script);
  provide("stranger", folder);
  return () => rm(folder, { recursive: true, force: true });
}

const script = `const begin = performance.now();
const { measure } = await import("./page/measure.js");
console.log(JSON.stringify(await measure(begin)));
`;
