import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { requireInteger } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { mostPaths } from "./confidence.js";
import { type DenoisingSetup, denoisingErrors } from "./denoising-errors.js";

/** Whose errors to measure, and where; see `stepErrors`. */
export interface StepErrorsRequest extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  readonly dimension: number;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  /** Clean points. */
  readonly samples: number;
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

const requestKeys = keysOf<StepErrorsRequest>({
  clean: true,
  denoiser: true,
  seed: true,
  dimension: true,
  schedule: true,
  grid: true,
  samples: true,
  signal: true,
  onAdvance: true,
});

/**
 * E|X_0 - x0hat(X_t)|^2 / d at the start of each step of a grid by Monte Carlo, float64 [N]: the `errors` of the grid. Of rows and a seed that
 * no certificate uses, so that the noise of the sampler is fixed before it is certified.
 */
export async function stepErrors(pool: WorkerPool, request: StepErrorsRequest): Promise<Float64Array> {
  const { clean, denoiser, seed, dimension, schedule, grid, samples, signal, onAdvance } = requireOptions(
    "request",
    request,
    requestKeys,
  );
  requireInteger("dimension", dimension, 1);
  requireInteger("samples", samples, 1, mostPaths);
  const logSnr = Float64Array.from(levelsOf(schedule, grid), (level) => level.logSnr).slice(0, -1);
  const errors = new Float64Array(logSnr.length);
  const addRows = (found: Float64Array, _first: number, rows: number) => {
    found.forEach((error, at) => {
      errors[Math.floor(at / rows)] += error / (samples * dimension);
    });
  };
  const setup = { clean, denoiser, logSnr, commonNoise: false, seed };
  await denoisingErrors(pool, setup, samples, addRows, { signal, ...(onAdvance && { onAdvance }) });
  return errors;
}
