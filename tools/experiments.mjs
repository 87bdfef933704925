/**
 * `node tools/experiments.mjs [NAME ...]`: runs the sweeps of experiments/ at their full size into runs/NAME, keeps the results as
 * docs/experiments/NAME.json and draws the plots. `--render` only draws again from the results that are there.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build.mjs";

const results = join(root, "docs/experiments");

/** The files that are drawn from a result: name below docs/experiments -> content. */
export function figuresOf(result, renderSweepSvg) {
  return Object.fromEntries(
    result.config.plots.map((_, index) => [
      index === 0 ? `${result.name}.svg` : `${result.name}-${index + 1}.svg`,
      renderSweepSvg(result, index),
    ]),
  );
}

function run(name) {
  const out = join(root, "runs", name);
  const cli = join(root, "dist/cli/main.js");
  const { status } = spawnSync(
    process.execPath,
    [cli, "sweep", join(root, "experiments", `${name}.json`), "--out", out],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), readFileSync(join(out, "result.json")));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { renderSweepSvg } = await import("../dist/report/sweep/index.js");
  const given = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const all = readdirSync(join(root, "experiments")).map((file) => file.replace(/\.json$/, ""));
  for (const name of given.length > 0 ? given : all) {
    if (!process.argv.includes("--render")) run(name);
    const result = JSON.parse(readFileSync(join(results, `${name}.json`), "utf8"));
    for (const [file, content] of Object.entries(figuresOf(result, renderSweepSvg))) {
      writeFileSync(join(results, file), content);
    }
  }
}
