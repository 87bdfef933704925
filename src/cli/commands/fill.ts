import { extname } from "node:path";
import { Command } from "commander";
import { isFedscoreError } from "../../errors.js";
import { requireWritable, writeAtomically } from "../../experiment/files/atomic.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { beginStage } from "../../experiment/progress.js";
import { createEngine } from "../../kernels/index.js";
import { type FilledTable, fillTableInPool } from "../../model/fill-table.js";
import { loadModel } from "../../model/load-model.js";
import { withExamples } from "../examples.js";
import { RunFailure } from "../exit.js";
import { gridWithSteps } from "../grid-with-steps.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printJson, printResult } from "../output.js";
import { createProgress } from "../progress/index.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { runPath } from "../run-path.js";
import { poolOpener, type ServerArguments, variantFor, withServer } from "../server.js";
import { variantOption } from "./run.js";

interface FillArguments extends ServerArguments {
  readonly draws: number;
  readonly particles: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly out: string;
  readonly workers?: number;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

export function fillCommand(): Command {
  const command = withServer(
    new Command("fill")
      .description("fill the gaps of a table with cells drawn given the others of their row")
      .argument("<run>", "folder of a run of a table, or the model.safetensors in it")
      .argument(
        "<gaps.csv>",
        "table with gaps: columns of the run's table, all or some, and perhaps others; all cells but gaps stay as they are",
      )
      .option(
        "-d, --draws <number>",
        "independent draws, for multiple imputation: one file each, with -1, -2, ... before the end of its name",
        integer(1, 1000),
        1,
      )
      .option(
        "--particles <number>",
        "draws among which each is chosen: what is drawn fits the other cells better with more, and takes as much longer",
        integer(1, 1000),
        16,
      )
      .option("-s, --seed <number>", "seed of the noise (default: that of the run)", integer(0))
      .option("--steps <number>", "sampling steps (default: those of the run)", integer(1, 100_000))
      .option("-o, --out <file>", "output file", "filled.csv")
      .option(
        "-w, --workers <number>",
        "worker threads (default: one per core); with --server, places at workers to wait for",
        integer(1, 256),
      )
      .option("--json", "say what was filled as JSON on stdout")
      .addOption(variantOption())
      .action(fill),
  );
  return withExamples(command, [
    ["fedscore fill runs/birdstrikes gaps.csv --out whole.csv", "one table without gaps"],
    ["fedscore fill runs/birdstrikes gaps.csv --draws 5 --out whole.csv", "whole-1.csv to whole-5.csv"],
  ]);
}

async function fill(path: string, gaps: string, options: FillArguments): Promise<void> {
  const variant = variantFor(options);
  if (variant !== "simd") enableRelaxedSimd();
  const engine = await createEngine({ variant });
  const { model: modelPath } = runPath(path);
  const model = loadModel(engine, readBytes(modelPath), modelPath);
  const { draws, particles, seed, steps, out } = options;
  const grid = steps === undefined ? undefined : gridWithSteps(model, steps);
  const bytes = readBytes(gaps);
  const files = outputFiles(out, draws);
  for (const file of files) requireWritable(file);
  const progress = createProgress();
  const open = poolOpener(options, progress.note);
  let filled: FilledTable;
  try {
    filled = await interruptible(
      () => progress.note("interrupted"),
      async (signal) => {
        const pool = await open(engine, signal);
        try {
          let advance: ((done: number, total: number) => void) | undefined;
          const onAdvance = (done: number, total: number) => {
            advance ??= beginStage(progress.listen, "sampling", total);
            advance(done, total);
          };
          const choice = { draws, particles, seed, grid, source: gaps };
          return await fillTableInPool(pool, model, bytes, { ...choice, signal, onAdvance });
        } finally {
          await pool.close();
        }
      },
    );
    for (const [index, file] of files.entries()) writeAtomically(file, filled.files[index]);
  } catch (error) {
    throw isFedscoreError(error) && error.code === "FEDSCORE_INVALID_DATA" ? error : new RunFailure(error);
  } finally {
    progress.stop();
  }
  const { files: _, ...counts } = filled;
  if (options.json) return printJson({ out: files, ...counts });
  await printResult(inWords(files, filled));
}

/** The file itself, or one for each draw: whole-1.csv, whole-2.csv. */
function outputFiles(out: string, draws: number): string[] {
  if (draws === 1) return [out];
  const ending = extname(out);
  const stem = ending === "" ? out : out.slice(0, -ending.length);
  return Array.from({ length: draws }, (_, draw) => `${stem}-${draw + 1}${ending}`);
}

function inWords(files: readonly string[], { rows, rowsWithGaps, filled, left }: FilledTable): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const lines = [
    `${files.join(", ")}: ${rowsWithGaps} of ${rows} rows had gaps`,
    ...(Object.keys(filled).length > 0 ? [`filled: ${list(filled)}`] : []),
    ...(Object.keys(left).length > 0
      ? [`left as they are, since the model knows no cell of their column: ${list(left)}`]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
