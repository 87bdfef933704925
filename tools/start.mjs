/** `npm start [-- mixture | birdstrikes | digits] [run options]`: the main job. Runs shipped examples into runs/NAME, without a name those that take less than four minutes together. */
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { root } from "./build.mjs";
import { setup } from "./setup.mjs";

const main = ["mixture", "birdstrikes"];
const examples = [...main, "digits"];
const chosen = process.argv.slice(2).filter((argument) => examples.includes(argument));
const options = process.argv.slice(2).filter((argument) => !examples.includes(argument));

await setup();
const names = chosen.length > 0 ? chosen : main;
for (const name of names) {
  console.log(`\n== ${name}: fedscore run examples/${name}.json --out runs/${name}`);
  const cli = join(root, "dist/cli/main.js");
  const run = spawnSync(
    process.execPath,
    [cli, "run", join("examples", `${name}.json`), "--out", join("runs", name), "--overwrite", ...options],
    { cwd: root, stdio: "inherit" },
  );
  if (run.status !== 0) process.exit(run.status ?? 1);
}
console.log("\nOpen in a browser:");
for (const name of names) console.log(`  ${relative(process.cwd(), join(root, "runs", name, "report.html"))}`);
if (chosen.length === 0) console.log("\nTwo minutes more draw digits: npm start -- digits");
