/**
 * `npm run fuzz [-- NAME... [--cases N] [--seed S] [--path P]]`: the properties of test/fuzz at length, all of them without a name.
 * Stops at a counterexample, whose message has the command that replays it.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";
import { setup } from "./setup.mjs";

function wholeNumber(option, text) {
  if (/^-?\d+$/.test(text)) return Number(text);
  console.error(`--${option} must be a whole number, got ${text}`);
  process.exit(2);
}

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    path: { type: "string" },
  },
});
const cases = wholeNumber("cases", values.cases);
const seed = wholeNumber("seed", values.seed);
await setup();
console.log(`fuzz: ${names.join(", ") || "all properties"}, ${cases} cases each, seed ${seed}`);
const run = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...["run", "--project", "unit", "--typecheck.enabled=false", "--disable-console-intercept", "--bail=1"],
    "test/fuzz/fuzz.test.ts",
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FEDSCORE_FUZZ: JSON.stringify({ names, cases, seed, path: values.path }) },
  },
);
process.exit(run.status ?? 1);
