import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { requireBoolean } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { coordinateErrors } from "./coordinate-errors.js";
import { type DenoisingSetup, denoisingErrors, requireDenoising, requireSamples } from "./denoising-errors.js";

/** Whose errors to measure, and where; see `stepErrors`. */
export interface StepErrorsRequest extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  readonly dimension: number;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  /** Clean points. */
  readonly samples: number;
  /** One number for each step and coordinate, in place of their mean. Default false. */
  readonly coordinates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with how much is done, and of how much. */
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
  coordinates: true,
  signal: true,
  onAdvance: true,
});

/**
 * E|X_0 - x0hat(X_t)|^2 / d at the start of each step of a grid by Monte Carlo, float64 [N], or the squares of each coordinate, float64 [N, d]: the
 * `errors` of the grid. Of rows and a seed that no certificate uses, so that the noise of the sampler is fixed before it is certified. Both are
 * of the same draws.
 */
export async function stepErrors(pool: WorkerPool, request: StepErrorsRequest): Promise<Float64Array> {
  const {
    clean,
    denoiser,
    seed,
    dimension,
    schedule,
    grid,
    samples,
    coordinates = false,
    ...watching
  } = requireOptions("request", request, requestKeys);
  requireDenoising({ clean, denoiser, seed }, dimension);
  requireBoolean("coordinates", coordinates);
  requireSamples(clean, samples, 1);
  const logSnr = Float64Array.from(levelsOf(schedule, grid), (level) => level.logSnr).slice(0, -1);
  const setup = { clean, denoiser, logSnr, commonNoise: false, seed };
  if (coordinates) {
    const { squares } = await coordinateErrors(pool, setup, samples, dimension, watching);
    return squares.map((sum) => sum / samples);
  }
  const errors = new Float64Array(logSnr.length);
  const addRows = (found: Float64Array, _first: number, rows: number) => {
    found.forEach((error, at) => {
      errors[Math.floor(at / rows)] += error / (samples * dimension);
    });
  };
  await denoisingErrors(pool, setup, samples, addRows, watching);
  return errors;
}
