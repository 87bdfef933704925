/** `npm run fuzz [-- --cases N] [--seed S]`: the randomized suites of test/fuzz at length. A failure names the seed that replays it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./build.mjs";
import { setup } from "./setup.mjs";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "5000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
await setup();
console.log(`fuzz: ${values.cases} cases, seed ${values.seed}`);
const run = spawnSync(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "unit", "--typecheck.enabled=false", "test/fuzz"],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FEDSCORE_FUZZ_CASES: values.cases, FEDSCORE_FUZZ_SEED: values.seed },
  },
);
process.exit(run.status ?? 1);
