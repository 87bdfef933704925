/**
 * `npm run test:matrix`: installs the bundlers and runtimes of test/matrix, Chromium and Firefox, and tries the packed package in each of
 * them. Where all ran, docs/platforms.json, README.md and docs/embedding.md have what they found.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { ensureFirefox } from "./firefox.mjs";
import { platformPages } from "./platforms.mjs";
import { install, setup } from "./setup.mjs";

/** Installs what the matrix needs beside what the other tests need. */
export async function installMatrix() {
  await install(join(root, "test/matrix"), "matrix");
  if (!ensureFirefox()) console.log("no Firefox on PATH and none could be installed: its tests will be skipped");
}

/** Cold starts are the least of so many. */
const loads = 3;
const found = (name) => join(root, "build", name);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Names and reasons of what did not run. */
function skippedOf({ runtimes, pages }) {
  const outcomes = [
    ...runtimes.map(({ platform, outcome }) => [platform, outcome]),
    ...pages.flatMap(({ outcomes }) => Object.entries(outcomes)),
  ];
  return new Set(outcomes.filter(([, { skipped }]) => skipped).map(([name, { skipped }]) => `${name} (${skipped})`));
}

/** @param load what the machine did before. */
function publish(load) {
  const platforms = json(found("platforms.json"));
  const skipped = skippedOf(platforms);
  if (skipped.size > 0) {
    console.log(`docs/platforms.json stays as it is, since these did not run here: ${[...skipped].join(", ")}`);
    return;
  }
  const machine = `${availableParallelism()} cores of an ${cpus()[0].model.trim()}`;
  const date = new Date().toISOString().slice(0, 10);
  const results = { date, machine, load, loads, ...platforms, sizes: json(found("sizes.json")) };
  writeFileSync(join(root, "docs/platforms.json"), `${JSON.stringify(results, null, 2)}\n`);
  for (const [path, content] of Object.entries(platformPages(results))) writeFileSync(join(root, path), content);
  console.log("docs/platforms.json, README.md and docs/embedding.md are written");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setup();
  await installMatrix();
  const chromium = ensureChromium();
  for (const name of ["platforms.json", "sizes.json"]) rmSync(found(name), { force: true });
  const load = Number(loadavg()[0].toFixed(1));
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const files = ["test/e2e/matrix.test.ts", "test/e2e/sizes.test.ts"];
  const { status } = spawnSync(
    process.execPath,
    [vitest, "run", "--project", "package", "--no-file-parallelism", "--reporter=verbose", ...files],
    {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, FEDSCORE_MATRIX_LOADS: `${loads}`, ...(chromium && { FEDSCORE_CHROMIUM: chromium }) },
    },
  );
  if (status === 0) publish(load);
  process.exit(status ?? 1);
}
