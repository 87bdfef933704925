import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { requireBuild } from "../support/built.js";

requireBuild();

const bench = fileURLToPath(new URL("../../bench", import.meta.url));
const folders = ["contestants", "harness", "page", "questions", "workers"];
const scripts = folders.flatMap((folder) =>
  readdirSync(join(bench, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => join(folder, file)),
);

/** [names, path below dist/] of each import of the built package. */
function importsOf(script: string): [string[], string][] {
  const source = readFileSync(join(bench, script), "utf8");
  const statements = source.matchAll(/import \{([^}]*)\} from "(?:\.\.\/)+dist\/([^"]+)"/g);
  return [...statements].map(([, list, path]) => [list.match(/\w+/g) ?? [], path]);
}

test.each(scripts.filter((script) => importsOf(script).length > 0))(
  "%s imports what the package has",
  async (script) => {
    for (const [names, path] of importsOf(script)) {
      const entry: object = await import(new URL(`../../dist/${path}`, import.meta.url).href);
      expect(Object.keys(entry), path).toEqual(expect.arrayContaining(names));
    }
  },
);
