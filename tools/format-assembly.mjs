/**
 * Formats assembly/ with Biome, which reads AssemblyScript as TypeScript but for decorators of functions: they are
 * comments while it works. With `--check` nothing is written, and what would change is an error.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./build.mjs";

const folder = join(root, "assembly");
const decorated = "// @ts-ignore: decorator\n@inline\n";
const hidden = "// @inline\n";

/** The text of each source as Biome formats it. */
function formatted(names) {
  const copy = mkdtempSync(join(tmpdir(), "fedscore-assembly-"));
  try {
    const { formatter } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    writeFileSync(join(copy, "biome.json"), JSON.stringify({ root: true, formatter }));
    for (const name of names) {
      writeFileSync(join(copy, name), readFileSync(join(folder, name), "utf8").replaceAll(decorated, hidden));
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const { status } = spawnSync(process.execPath, [biome, "format", "--write", "."], {
      cwd: copy,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error(`biome failed with exit code ${status}`);
    return names.map((name) => readFileSync(join(copy, name), "utf8").replaceAll(hidden, decorated));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const texts = formatted(names);
const changed = names.filter((name, index) => readFileSync(join(folder, name), "utf8") !== texts[index]);
if (process.argv.includes("--check")) {
  for (const name of changed) console.error(`assembly/${name} is not formatted: npm run format`);
  process.exitCode = changed.length > 0 ? 1 : 0;
} else {
  for (const name of changed) writeFileSync(join(folder, name), texts[names.indexOf(name)]);
}
