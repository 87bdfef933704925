import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { writeNpy } from "../../data/formats/npy.js";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import { samplingCost } from "../../diffusion/sampling-cost.js";
import { FedscoreError } from "../../errors.js";
import { writeAtomically } from "../../experiment/files/atomic.js";
import { decodeModel, type Model } from "../../experiment/model.js";
import { sampleInPool } from "../../experiment/sampling.js";
import { createEngine } from "../../kernels/index.js";
import { ComlinkPool } from "../../workers/comlink/pool.js";
import { RunFailure } from "../exit.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { createProgress } from "../progress/index.js";
import { readBytes } from "../read-bytes.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { variantOption } from "./run.js";

interface SampleArguments {
  readonly count: number;
  readonly seed?: number;
  readonly sampler?: SamplerName;
  readonly steps?: number;
  readonly out: string;
  readonly workers?: number;
  readonly variant: "auto" | "simd" | "relaxed";
}

export function sampleCommand(): Command {
  return new Command("sample")
    .description("draw samples from a trained model")
    .argument("<model>", "model.safetensors of a run")
    .option("-n, --count <number>", "samples to draw", integer(1), 1000)
    .option("-s, --seed <number>", "seed of the noise (default: that of the run)", integer(0))
    .addOption(
      new Option("--sampler <name>", "how one step is made (default: that of the run)").choices(Object.keys(samplers)),
    )
    .option("--steps <number>", "sampling steps (default: those of the run)", integer(1, 100_000))
    .option("-o, --out <file>", "output file, float32 [count, dimension] in the space of the data", "samples.npy")
    .option("-w, --workers <number>", "worker threads (default: one per core)", integer(1, 256))
    .addOption(variantOption())
    .action(sample);
}

async function sample(path: string, options: SampleArguments): Promise<void> {
  if (options.variant !== "simd") enableRelaxedSimd();
  const engine = await createEngine({ variant: options.variant });
  const { network, parameters, schedule, sampling, transform, seed } = decodeModel(engine, readBytes(path), path);
  const { count, steps, out } = options;
  const grid = steps === undefined ? sampling.grid : withSteps(sampling.grid, steps);
  const request = {
    network,
    parameters,
    schedule,
    grid,
    sampler: options.sampler ?? sampling.sampler,
    denoiseLast: sampling.denoiseLast,
    seed: options.seed ?? seed,
    count,
  };
  const progress = createProgress();
  const pool = await ComlinkPool.start(engine, { workers: options.workers ?? availableParallelism() });
  try {
    await interruptible(
      () => progress.note("interrupted"),
      async (signal) => {
        progress.listen({ kind: "stage", stage: "sampling", done: 0, total: count });
        const onAdvance = (done: number) => progress.listen({ kind: "advance", stage: "sampling", done, total: count });
        const samples = transform.inverse(await sampleInPool(pool, request, { signal, onAdvance }));
        writeAtomically(out, writeNpy(samples, [count, transform.inputDimension]));
      },
    );
  } catch (error) {
    throw new RunFailure(error);
  } finally {
    progress.stop();
    await pool.close();
  }
  const { evaluations } = samplingCost(request);
  process.stdout.write(
    `${out}: ${count} samples of dimension ${transform.inputDimension}, ${evaluations} evaluations of the network each\n`,
  );
}

/** A grid of the same kind with another number of steps. */
export function withSteps(grid: Model["sampling"]["grid"], steps: number): Model["sampling"]["grid"] {
  const givenByKappa = grid.kind === "benton" && grid.kappa !== undefined;
  if (grid.kind !== "user" && !givenByKappa) return { ...grid, steps };
  throw new FedscoreError(
    "FEDSCORE_INVALID_ARGUMENT",
    "--steps cannot change the times of a grid that was listed time by time, computed for its number of steps or given by kappa",
  );
}
