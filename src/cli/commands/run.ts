import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { fileNames } from "../../experiment/files/names.js";
import { readConfig } from "../../experiment/files/read-config.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { prepareExperiment } from "../../experiment/run.js";
import type { CompiledKernels } from "../../kernels/index.js";
import { runReport } from "../../report/run-report.js";
import { type Example, withExamples } from "../examples.js";
import { isAbort, RunFailure, requireComplete } from "../exit.js";
import { inspectResult } from "../inspect/result.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printJson, printResult } from "../output.js";
import { type Fact, formatFacts } from "../print.js";
import { createProgress } from "../progress/index.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { poolOpener, type ServerArguments, variantFor, withServer } from "../server.js";
import { type SetArguments, setOption } from "../set.js";

interface RunArguments extends ServerArguments, SetArguments {
  readonly out?: string;
  readonly workers?: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

const after = `
Writes result.json, report.html, model.safetensors, samples.npy and log.jsonl. The same config and seed give the same
bytes of the model for any number of workers. Ctrl-C and a closed terminal write a checkpoint first; a second Ctrl-C leaves
at once.

The model is written as soon as it is trained. Where a later part fails in its numbers, its place in result.json says why, the rest
goes on, and the run ends with 1; --resume then repeats what comes after training.

A folder that holds a run needs --resume or --overwrite; one that holds a run of another config needs --overwrite. --resume with
a greater training.rounds adds rounds, to a finished run too; other data, another build or a damaged checkpoint need --overwrite
alone. With both, the run of this config is continued, that of another one replaced. The files of a replaced run stay in
replaced/ until the new one has a result.`;

const examples: readonly Example[] = [
  ["fedscore run config.json", "results in runs/NAME"],
  ["fedscore run config.json --set training.rounds=80 --out runs/short", "another value of one key"],
  ["fedscore run config.json --resume", "go on after Ctrl-C"],
  [
    "fedscore run config.json --variant simd --json > result.json",
    "the same bytes on every machine; the result for a program",
  ],
];

export function runCommand(): Command {
  const command = withServer(
    new Command("run")
      .description("train, sample and measure; results in a folder")
      .argument("<config>", "config file (JSON); every key: docs/config.md")
      .option("-o, --out <folder>", "output folder (default: runs/NAME)")
      .option(
        "-w, --workers <number>",
        "worker threads (default: one per core); with --server, places at workers to wait for",
        integer(1, 256),
      )
      .addOption(setOption("config"))
      .option("--resume", "go on from the checkpoint of an earlier run; leave a finished one as it is")
      .option("--overwrite", "replace an earlier run in the folder")
      .option("--json", "print result.json on stdout, progress on stderr")
      .addOption(variantOption())
      .action(run),
  );
  return withExamples(command, examples, after);
}

/** Which build of the kernels. */
export function variantOption(): Option {
  return new Option("--variant <build>", "build of the kernels; simd has the same bytes on every machine")
    .choices(["auto", "simd", "relaxed"])
    .default("auto");
}

async function run(path: string, options: RunArguments): Promise<void> {
  const { config, folder } = readConfig(path, { set: options.set });
  const { workers, resume, overwrite, out = join("runs", config.name) } = options;
  const variant = variantFor(options);
  if (variant !== "simd") enableRelaxedSimd();
  const progress = createProgress();
  const onInterrupt = () => progress.note("interrupted: keeping the last complete round (Ctrl-C again leaves at once)");
  const { listen: onProgress } = progress;
  const open = poolOpener(options, progress.note, workers ?? config.workers);
  try {
    const result = await interruptible(onInterrupt, async (signal) => {
      const openPool = (kernels: CompiledKernels) => open(kernels, signal);
      const files = { out, folder, resume, overwrite, drawReport: runReport };
      const placement = { ...files, variant, openPool, signal, onProgress };
      const experiment = await prepareExperiment(config, placement);
      try {
        return await experiment.run();
      } catch (error) {
        throw new RunFailure(error);
      } finally {
        await experiment.close();
      }
    });
    progress.stop();
    await (options.json ? printJson(result) : printResult(summary(result, out)));
    requireComplete(result, `all else is in ${out}, the model too; --resume repeats what comes after training`);
  } catch (error) {
    if (isAbort(error)) progress.note(whatNow(out));
    throw error;
  } finally {
    progress.stop();
  }
}

function summary(result: ExperimentResult, out: string): string {
  const report: Fact[] = result.report ? [] : [["report", join(out, fileNames.report)]];
  return `\n${formatFacts([...inspectResult(result), ...report])}`;
}

/** How an interrupted run can go on. */
function whatNow(out: string): string {
  return existsSync(join(out, fileNames.checkpoint))
    ? "the same command with --resume goes on from here"
    : "no round was complete: there is nothing to resume";
}
