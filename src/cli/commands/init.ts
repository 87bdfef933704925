import { existsSync } from "node:fs";
import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "../../experiment/files/atomic.js";
import { starterFile } from "../../experiment/init/init.js";
import { targetKinds } from "../../targets/index.js";

interface InitArguments {
  readonly out?: string;
  readonly overwrite?: boolean;
}

const after = `
Targets: ${targetKinds.join(", ")}.
The config is JSON with comments; \`fedscore run\` reads it as it is.`;

export function initCommand(): Command {
  return new Command("init")
    .description("write a config to begin with, every key explained")
    .argument("[target|file]", "a law to draw from, or a file of your own rows (CSV, NPY)", "ring")
    .option("-o, --out <file>", "where to write it (default: NAME.jsonc)")
    .option("--overwrite", "replace the file")
    .addHelpText("after", after)
    .action(init);
}

function init(subject: string, options: InitArguments): void {
  const { name, text } = starterFile(subject);
  const { out = `${name}.jsonc`, overwrite = false } = options;
  if (existsSync(out) && !overwrite) {
    throw new FedscoreError("FEDSCORE_FILE", `${out} exists already; --overwrite replaces it`, { path: out });
  }
  writeAtomically(out, text);
  process.stdout.write(`${out} written. Next:\n  npx fedscore run ${out}\n`);
}
