import { Command, Option } from "commander";
import { readConfig } from "../../experiment/config/read.js";
import { fileNames } from "../../experiment/files/names.js";
import { prepareExperiment } from "../../experiment/run.js";
import { RunFailure } from "../exit.js";
import { inspectResult } from "../inspect/result.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { formatFacts } from "../print.js";
import { createProgress } from "../progress/index.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";

interface RunArguments {
  readonly out?: string;
  readonly workers?: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

const after = `
Writes result.json, report.html, model.safetensors, samples.npy and log.jsonl. The same config and seed give the same
bytes of the model for any number of workers. Ctrl-C writes a checkpoint first; a second one leaves at once.

A folder that holds an interrupted run needs --resume or --overwrite; one that holds the result of another config needs
--overwrite. With both, a run is continued if it can be, else started again.`;

export function runCommand(): Command {
  return new Command("run")
    .description("train, sample and measure; results in a folder")
    .argument("<config>", "config file (JSON); every key: docs/config.md")
    .option("-o, --out <folder>", "output folder (default: runs/NAME)")
    .option("-w, --workers <number>", "worker threads (default: one per core)", integer(1, 256))
    .option("--resume", "go on from the checkpoint of an interrupted run")
    .option("--overwrite", "replace an earlier run in the folder")
    .option("--json", "print result.json on stdout, progress on stderr")
    .addOption(variantOption())
    .addHelpText("after", after)
    .action(run);
}

/** Which build of the kernels. */
export function variantOption(): Option {
  return new Option("--variant <build>", "build of the kernels; simd has the same bytes on every machine")
    .choices(["auto", "simd", "relaxed"])
    .default("auto");
}

async function run(path: string, options: RunArguments): Promise<void> {
  const { config, folder } = readConfig(path);
  if (options.variant !== "simd") enableRelaxedSimd();
  const out = options.out ?? `runs/${config.name}`;
  const progress = createProgress();
  const onInterrupt = () =>
    progress.note("interrupted: writing a checkpoint of the last complete round (Ctrl-C again leaves at once)");
  try {
    await interruptible(onInterrupt, async (signal) => {
      const { variant, workers, resume, overwrite } = options;
      const experiment = await prepareExperiment(config, {
        out,
        folder,
        variant,
        workers,
        resume,
        overwrite,
        signal,
        onProgress: progress.listen,
      });
      try {
        const result = await experiment.run();
        progress.stop();
        const text = options.json
          ? `${JSON.stringify(result, null, 2)}\n`
          : `\n${formatFacts(inspectResult(result))}\nreport  ${out}/${fileNames.report}\n`;
        process.stdout.write(text);
      } catch (error) {
        throw new RunFailure(error);
      } finally {
        await experiment.close();
      }
    });
  } finally {
    progress.stop();
  }
}
