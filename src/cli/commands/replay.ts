import { Command } from "commander";
import { FedscoreError } from "../../errors.js";
import { withExamples } from "../examples.js";
import { RunFailure } from "../exit.js";
import { printJson, printResult } from "../output.js";
import { printable } from "../terminal.js";

const after = `
Folds the updates that a coordinated run has kept (updates.bin) once more, without its clients, and compares the model's bytes with the result's.`;

export function replayCommand(): Command {
  return withExamples(
    new Command("replay")
      .description("run a coordinated run again from what its clients had answered")
      .argument("<folder>", "folder of the run")
      .option("--json", "print what was found as JSON on stdout")
      .action(replay),
    [["fedscore replay runs/clinics", "the same bytes again?"]],
    after,
  );
}

async function replay(folder: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { replayRun } = await import("../../experiment/coordinate/replay.js");
  const { rounds, parameters, expected } = await replayRun(folder, (done, total) => {
    if (done === total || done % 10 === 0) process.stderr.write(printable(`round ${done} of ${total}\n`));
  });
  if (parameters !== expected) {
    const message = `the replay of ${folder} gives other parameters: SHA-256 ${parameters}, the result says ${expected}`;
    throw new RunFailure(new FedscoreError("FEDSCORE_CHECKPOINT", message, { parameters, expected }));
  }
  if (json) return printJson({ folder, rounds, parameters });
  await printResult(`${folder}: ${rounds} rounds give the same bytes again: SHA-256 ${parameters}\n`);
}
