/**
 * `npm test [-- --all | --thorough] [vitest arguments]`: sets up what is missing, runs the tests, ends with a line "N passed, N failed". A plain
 * `npm test` skips those with the tag "slow"; --all, --thorough, CI=true and arguments of vitest's run them. With CI=true in all bundlers and
 * runtimes of test/matrix, and the site of the documentation, too. With --thorough random tests try as often as test/support/thorough.ts lets them.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { installMatrix } from "./matrix.mjs";
import { setup } from "./setup.mjs";
import { installSite } from "./site.mjs";

const isContinuous = ![undefined, "", "0", "false"].includes(process.env.CI);

await setup();
if (isContinuous) {
  const parts = {
    "the packed package is not tried in other bundlers and runtimes": installMatrix,
    "the site is not built": installSite,
  };
  for (const [without, install] of Object.entries(parts)) {
    try {
      await install();
    } catch (error) {
      console.log(`${without}: ${error.message}`);
    }
  }
}
const chromium = ensureChromium();
if (!chromium) console.log("no Chromium on PATH and none could be installed: the browser tests will be skipped");

const given = process.argv.slice(2);
const thorough = given.includes("--thorough");
const quick = given.length === 0 && !isContinuous;
const report = join(root, "build/test-report.json");
rmSync(report, { force: true });
const run = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...(quick ? ["--tags-filter=!slow"] : []),
    ...given.filter((argument) => argument !== "--thorough" && argument !== "--all"),
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...(chromium && { FEDSCORE_CHROMIUM: chromium }),
      ...(thorough && { FEDSCORE_THOROUGH: "1" }),
      ...(isContinuous && { CI: "true" }),
    },
  },
);
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
if (quick)
  console.log(
    'skipped are those with the tag "slow", which npm run test:all and CI=true run, and what this machine lacks',
  );
console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped}`);
process.exit(run.status ?? 1);
