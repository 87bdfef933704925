import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import { analytic, excessVariance } from "../diffusion/samplers/analytic.js";
import { analyticDiagonal, excessVariances } from "../diffusion/samplers/analytic-diagonal.js";
import { ancestral } from "../diffusion/samplers/ancestral.js";
import type { SamplerName } from "../diffusion/samplers/index.js";
import { type NoiseLevel, type NoiseSchedule, snrOf } from "../diffusion/schedule.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { bridgeCost } from "./certificate/bridge.js";
import { type DenoisingSetup, denoisingErrors, type Rows } from "./denoising-errors.js";
import { initializationBound } from "./initialization.js";
import { narrowing, spreadOfCoordinates } from "./wider-noise.js";

/** Samplers whose steps code data: bridges around the denoised point, the noise of each step fixed beforehand. */
export const codingSamplers = { ancestral, analytic, "analytic-diagonal": analyticDiagonal } as const;

export type CodingSampler = keyof typeof codingSamplers;

/** The sampler, where its steps code data. */
export function codingSampler(name: SamplerName): CodingSampler | undefined {
  return name in codingSamplers ? (name as CodingSampler) : undefined;
}

/** Whose rows are coded with which denoiser, on which levels. */
export interface CodingProblem {
  readonly schedule: NoiseSchedule;
  /** For analytic with errors, for analytic-diagonal with those of each coordinate. */
  readonly grid: TimeGrid;
  /** Whose steps code the data. Default: ancestral. */
  readonly sampler?: CodingSampler | undefined;
  /** Rows in the coordinates of the denoiser. */
  readonly heldOut: Rows;
  readonly denoiser: DenoisingSetup["denoiser"];
  readonly seed: number;
}

/** What coding X_t takes of each row, nats, but for the entropy of the noise that is left at t. */
export interface CodingCosts {
  /** KL(N(alpha_T x_0, sigma_T^2 I) || N(0, I)), float64 [rows]. */
  readonly initialization: Float64Array;
  /** Sum over k < stop of the steps' costs, for ancestral (snr_{k+1} - snr_k) |x_0 - x0hat_theta(X_k)|^2 / 2: float64 [rows] for each stop. */
  readonly denoising: readonly Float64Array[];
}

/**
 * Costs of the first `count` rows where the sampler stops after so many steps, one draw of noise for each row and level; those of all stops
 * from the same draws.
 * @param stops numbers of steps, increasing, the last at most that of the grid.
 */
export async function codingCosts(
  pool: WorkerPool,
  { schedule, grid, sampler = "ancestral", heldOut, denoiser, seed }: CodingProblem,
  count: number,
  stops: readonly number[],
  options: { signal?: AbortSignal | undefined; onAdvance?: ((done: number, of: number) => void) | undefined } = {},
): Promise<CodingCosts> {
  const { points, dimension } = heldOut;
  const { signal, onAdvance } = options;
  const levels = levelsOf(schedule, grid);
  const { costs, weights } = stepCosts(levels, sampler, dimension);
  const initialization = new Float64Array(count);
  const denoising = stops.map(() => new Float64Array(count));
  const setup = {
    clean: heldOut,
    denoiser,
    logSnr: Float64Array.from(levels.slice(0, -1), ({ logSnr }) => logSnr),
    ...(weights && { weights }),
    commonNoise: false,
    seed,
  };
  const addRows = (errors: Float64Array, first: number, size: number) => {
    for (let row = 0; row < size; row++) {
      let path = 0;
      for (let k = 0; k < costs.length; k++) {
        path += costs[k](errors[k * size + row]);
        const stop = stops.indexOf(k + 1);
        if (stop >= 0) denoising[stop][first + row] = path;
      }
      let squares = 0;
      for (let j = 0; j < dimension; j++) squares += points[(first + row) * dimension + j] ** 2;
      initialization[first + row] = initializationBound(squares, dimension, levels[0]);
    }
  };
  await denoisingErrors(pool, setup, count, addRows, { signal, ...(onAdvance && { onAdvance }) });
  return { initialization, denoising };
}

/** What each step costs a row by its squared error, nats; and what the squares of the coordinates count there, float64 [N, dimension], where they differ. */
function stepCosts(levels: readonly NoiseLevel[], sampler: CodingSampler, dimension: number) {
  const steps = levels.slice(1).map((to, k) => ({ from: levels[k], to, width: snrOf(to) - snrOf(levels[k]) }));
  if (sampler !== "analytic-diagonal") {
    const lambda = ({ from, to }: (typeof steps)[0]) => (sampler === "analytic" ? excessVariance(from, to) : 0);
    const costs = steps.map((step) => {
      const excess = lambda(step);
      return (error: number) => bridgeCost(error, step.width, excess, dimension);
    });
    return { costs, weights: undefined };
  }
  const weights = new Float64Array(steps.length * dimension);
  const costs = steps.map(({ from, to, width }, k) => {
    const lambda = excessVariances(from, to, dimension);
    weights.set(narrowing(lambda), k * dimension);
    const spread = spreadOfCoordinates(lambda);
    return (error: number) => 0.5 * width * error + spread;
  });
  return { costs, weights };
}

/** d/2 log(2 pi e sigma^2): entropy of the noise at a level, nats. */
export function noiseEntropy(dimension: number, { logSnr }: Pick<NoiseLevel, "logSnr">): number {
  return 0.5 * dimension * (Math.log(2 * Math.PI) + 1 - Math.log1p(Math.exp(logSnr)));
}
