import { join } from "node:path";
import { Command } from "commander";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import { fileNames } from "../../experiment/files/names.js";
import { writeRunFile } from "../../experiment/files/run-folder.js";
import { readSweep } from "../../experiment/sweep/config.js";
import { describePoint } from "../../experiment/sweep/points.js";
import type { SweepResult } from "../../experiment/sweep/result.js";
import { runSweep } from "../../experiment/sweep/run.js";
import { failedPoints } from "../../experiment/sweep/summary.js";
import { withExamples } from "../examples.js";
import { RunFailure } from "../exit.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printJson, printResult } from "../output.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { poolOpener, type ServerArguments, variantFor, withServer } from "../server.js";
import { type SetArguments, setOption } from "../set.js";
import { sweepProgress } from "../sweep/progress.js";
import { formatSweep } from "../sweep/table.js";
import { variantOption } from "./run.js";

interface SweepArguments extends ServerArguments, SetArguments {
  readonly out?: string;
  readonly workers?: number;
  readonly quick?: boolean;
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

const after = `
Writes result.json, report.html and one file for each point. A point that the folder holds already is not computed again:
the same command goes on after Ctrl-C. A point that fails is marked with its reason, the others run, and the sweep ends with 1;
with --resume such points are computed again, too. The shipped sweeps are in experiments/.`;

export function sweepCommand(): Command {
  const command = withServer(
    new Command("sweep")
      .description("run a config over the values of one or two axes; table, slopes and plots in a folder")
      .argument("<sweep>", "sweep file (JSON)")
      .option("-o, --out <folder>", "output folder (default: runs/NAME, with --quick runs/NAME-quick)")
      .option(
        "-w, --workers <number>",
        "worker threads (default: one per core); with --server, places at workers to wait for",
        integer(1, 256),
      )
      .option("--quick", "the sweep's own small size, which takes seconds")
      .addOption(setOption("sweep"))
      .option("--resume", "compute points again that failed before")
      .option("--json", "print result.json on stdout, progress on stderr")
      .addOption(variantOption())
      .action(sweep),
  );
  return withExamples(
    command,
    [
      ["fedscore sweep experiments/steps.json --quick", "in seconds; all of it without --quick"],
      ["fedscore sweep experiments/steps.json --resume", "points again that failed"],
      ["fedscore sweep my.json --set base.training.rounds=80 --out runs/short", "another value for all points"],
    ],
    after,
  );
}

async function sweep(path: string, options: SweepArguments): Promise<void> {
  const { quick = false, resume } = options;
  const variant = variantFor(options);
  const { config, folder } = readSweep(path, { quick, set: options.set });
  if (variant !== "simd") enableRelaxedSimd();
  const out = options.out ?? join("runs", quick ? `${config.name}-quick` : config.name);
  const progress = sweepProgress(describePoint);
  const open = poolOpener(options, progress.note);
  try {
    const onInterrupt = () => progress.note("interrupted: complete points are kept (Ctrl-C again leaves at once)");
    await interruptible(onInterrupt, async (signal) => {
      const result = await runSweep(config, {
        out,
        folder,
        openPool: (kernels) => open(kernels, signal),
        variant,
        quick,
        resume,
        signal,
        onProgress: progress.listen,
      });
      // The plots and the document that they are drawn in are of use to no other command.
      const { renderSweepReport } = await import("../../report/sweep/index.js");
      writeRunFile(out, fileNames.report, renderSweepReport(result));
      progress.stop();
      await (options.json
        ? printJson(result)
        : printResult(`\n${formatSweep(result)}\nreport  ${join(out, fileNames.report)}\n`));
      requireNoFailure(result, `the others are in ${out}; --resume computes failed points again`);
    });
  } catch (error) {
    throw isInput(error) ? error : new RunFailure(error);
  } finally {
    progress.stop();
  }
}

/** Throws where points have failed, naming them and why. */
function requireNoFailure({ rows }: SweepResult, then: string): void {
  const failed = failedPoints(rows);
  if (failed.length === 0) return;
  const each = failed.map(({ point, reason }) => `${point} (${reason})`).join("; ");
  const message = `${failed.length} of ${rows.length} points failed: ${each}; ${then}`;
  throw new RunFailure(new FedscoreError("FEDSCORE_NON_FINITE", message, { points: failed.map(({ point }) => point) }));
}

/** What is found wrong before the first point runs. */
function isInput(error: unknown): boolean {
  return isFedscoreError(error) && error.code === "FEDSCORE_INVALID_CONFIG";
}
