import { Command } from "commander";
import type { SamplerSpec } from "../../diffusion/samplers/index.js";
import { samplingCost } from "../../diffusion/sampling-cost.js";
import { readBytes } from "../../experiment/files/read-file.js";
import { beginStage } from "../../experiment/progress.js";
import { createEngine } from "../../kernels/index.js";
import { loadModel } from "../../model/load-model.js";
import { requestOf } from "../../model/sample-request.js";
import { type Drawn, tableDrawing, vectorDrawing } from "../drawing.js";
import { evaluationsInWords } from "../evaluations.js";
import { withExamples } from "../examples.js";
import { RunFailure } from "../exit.js";
import { gridToSample } from "../grid-to-sample.js";
import { gridWithSteps } from "../grid-with-steps.js";
import { interruptible } from "../interrupt.js";
import { integer, number } from "../options.js";
import { printJson, printResult } from "../output.js";
import { createProgress } from "../progress/index.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { runPath } from "../run-path.js";
import { samplerOption } from "../sampler-option.js";
import { samplesEndings } from "../samples-file.js";
import { poolOpener, type ServerArguments, variantFor, withServer } from "../server.js";
import { variantOption } from "./run.js";

const collected = (given: string, before: readonly string[] = []) => [...before, given];

interface SampleArguments extends ServerArguments {
  readonly count: number;
  readonly seed?: number;
  readonly sampler?: SamplerSpec;
  readonly steps?: number;
  readonly class?: number;
  readonly guidance?: number;
  readonly where?: readonly string[];
  readonly weight?: readonly string[];
  readonly most?: number;
  readonly dataFolder: string;
  readonly out?: string;
  readonly workers?: number;
  readonly json?: boolean;
  readonly variant: "auto" | "simd" | "relaxed";
}

export function sampleCommand(): Command {
  const command = withServer(
    new Command("sample")
      .description("draw samples from a trained model")
      .argument("<run>", "folder of a run, or the model.safetensors in it")
      .option("-n, --count <number>", "samples to draw", integer(1), 1000)
      .option("-s, --seed <number>", "seed of the noise (default: that of the run)", integer(0))
      .addOption(samplerOption())
      .option("--steps <number>", "sampling steps (default: those of the run)", integer(1, 100_000))
      .option(
        "--class <number>",
        "class of all samples, of a model with classes (default: each draws its own)",
        integer(0),
      )
      .option("--guidance <scale>", "scale of the guidance by the class (default: that of the run)", number(0, 100))
      .option(
        "--where <condition>",
        'of a table: what all rows must be, such as "Wildlife Size=Large" or "Cost>1000", a gap as "Speed="; as often as needed',
        collected,
      )
      .option(
        "--weight <condition:weight>",
        'of a table: rows that are to be more frequent, "Wildlife Size=Large:10" ten times beside the others; as often as needed, the first that holds counts',
        collected,
      )
      .option(
        "--most <number>",
        "rows to draw at most until enough are as --where and --weight ask (default: 100 for each that is asked for, at least 10000)",
        integer(1),
      )
      .option(
        "--data-folder <folder>",
        "folder that data files of the config are relative to, where a sampler needs errors that the run did not measure",
        ".",
      )
      .option(
        "-o, --out <file>",
        `output file, ${samplesEndings.join(", ")}: [count, dimension] in the space of the data, of a table the .csv its rows; of a model with classes a .csv has a last column class, .npz and .safetensors an array classes (default: samples.npy, of a table synthetic.csv)`,
      )
      .option(
        "-w, --workers <number>",
        "worker threads (default: one per core); with --server, places at workers to wait for",
        integer(1, 256),
      )
      .option("--json", "say what was written as JSON on stdout")
      .addOption(variantOption())
      .action(sample),
  );
  return withExamples(command, [
    ["fedscore sample runs/ring --count 10000 --out more.npy", "as the run sampled, other noise with --seed"],
    ["fedscore sample runs/ring --sampler heun --steps 25 --out few.csv", "another sampler, fewer steps"],
    ['fedscore sample runs/birdstrikes --where "Wildlife Size=Large" --count 500 --out large.csv', "rows of a table"],
    ["fedscore sample runs/digits --class 3 --guidance 2 --out threes.npy", "of one class"],
  ]);
}

async function sample(path: string, options: SampleArguments): Promise<void> {
  const variant = variantFor(options);
  if (variant !== "simd") enableRelaxedSimd();
  const engine = await createEngine({ variant });
  const { folder, model: modelPath } = runPath(path);
  const model = loadModel(engine, readBytes(modelPath), modelPath);
  const { count, steps, seed, sampler, dataFolder, class: label } = options;
  const guidance = options.guidance === undefined ? undefined : { ...model.sampling.guidance, scale: options.guidance };
  const out = options.out ?? (model.table ? "synthetic.csv" : "samples.npy");
  const drawing = model.table && out.toLowerCase().endsWith(".csv") ? tableDrawing : vectorDrawing;
  const draw = drawing(model, out, options);
  let grid = steps === undefined ? undefined : gridWithSteps(model, steps);
  const progress = createProgress();
  const open = poolOpener(options, progress.note);
  let drawn: Drawn | undefined;
  try {
    await interruptible(
      () => progress.note("interrupted"),
      async (signal) => {
        const pool = await open(engine, signal);
        try {
          grid = await gridToSample(engine, pool, model, { sampler, grid, folder, dataFolder, signal });
          const onAdvance = beginStage(progress.listen, "sampling", count);
          const choice = { count, seed, sampler, grid, class: label, guidance };
          drawn = await draw(engine, pool, choice, { signal, onAdvance });
        } finally {
          await pool.close();
        }
      },
    );
  } catch (error) {
    throw new RunFailure(error);
  } finally {
    progress.stop();
  }
  const { evaluations } = samplingCost(requestOf(model, { sampler, grid }), model.network.dimension);
  const said = { out, count, ...drawn?.facts, ...(evaluations !== undefined && { evaluations }) };
  if (options.json) return printJson(said);
  await printResult(
    `${out}: ${count} ${drawn?.words}, ${evaluationsInWords(evaluations)} evaluations of the network each\n`,
  );
}
