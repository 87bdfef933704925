import { readdir, readFile } from "node:fs/promises";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Height of each folder of src: a file imports from its own height or below. */
const floors: Readonly<Record<string, number>> = {
  "errors.ts": 0,
  "fields.ts": 0,
  "family.ts": 0,
  kernels: 1,
  diffusion: 2,
  network: 2,
  pruning: 2,
  targets: 2,
  data: 2,
  divergence: 2,
  federation: 3,
  theory: 3,
  experiment: 4,
  report: 5,
  cli: 6,
};

const composed = ["index.ts", "worker.ts"];

async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(join(source, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
}

const files = (await readdir(source, { recursive: true }))
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !composed.includes(name));

describe("the house", () => {
  it("imports go down only", async () => {
    const upward: string[] = [];
    for (const file of files) {
      for (const specifier of await importsOf(file)) {
        if (!specifier.startsWith(".")) continue;
        const target = relative(source, normalize(join(source, dirname(file), specifier))).replace(/\.js$/, ".ts");
        const [from, to] = [file, target].map((path) => floors[path.split("/")[0]]);
        if (from === undefined || to === undefined || to > from) upward.push(`${file} -> ${target}`);
      }
    }
    expect(upward).toEqual([]);
  });

  it("one file imports comlink", async () => {
    const importers: string[] = [];
    for (const file of files) {
      if ((await importsOf(file)).some((specifier) => specifier.startsWith("comlink"))) importers.push(file);
    }
    expect(importers).toEqual(["federation/transports/comlink/comlink.ts"]);
  });
});
