import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import { excessVariance } from "../diffusion/samplers/analytic.js";
import { excessVariances } from "../diffusion/samplers/analytic-diagonal.js";
import { type NoiseLevel, type NoiseSchedule, snrOf } from "../diffusion/schedule.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { bridgeCost } from "./certificate/bridge.js";
import { diagonalCost } from "./certificate/diagonal.js";
import { curvedCodingRows, curvedOf } from "./coding-rows.js";
import type { CodingSamplerName } from "./coding-samplers.js";
import { type DenoisingSetup, denoisingErrors, overRows, type Rows, requireDenoising } from "./denoising-errors.js";
import { initializationBound } from "./initialization.js";
import { requireCovariances } from "./step-noise.js";
import { narrowing, spreadOfCoordinates } from "./wider-noise.js";

/** Whose rows are coded with which denoiser, on which levels. */
export interface CodingProblem {
  readonly schedule: NoiseSchedule;
  /** For analytic and jvp with errors, for analytic-diagonal with those of each coordinate. */
  readonly grid: TimeGrid;
  /** Whose steps code the data. Default: ancestral. With jvp in at most 64 dimensions, with full-covariance in at most 16. */
  readonly sampler?: CodingSamplerName | undefined;
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
  requireDenoising({ clean: heldOut, denoiser, seed }, dimension, { clean: "heldOut", dimension: "heldOut.dimension" });
  const levels = levelsOf(schedule, grid, dimension);
  const initialization = new Float64Array(count);
  const denoising = stops.map(() => new Float64Array(count));
  const addRows = (costs: StepCostsOfRows) => (values: Float64Array, first: number, size: number) => {
    for (let row = 0; row < size; row++) {
      let path = 0;
      for (let k = 0; k + 1 < levels.length; k++) {
        path += costs(values[k * size + row], k);
        const stop = stops.indexOf(k + 1);
        if (stop >= 0) denoising[stop][first + row] = path;
      }
      let squares = 0;
      for (let j = 0; j < dimension; j++) squares += points[(first + row) * dimension + j] ** 2;
      initialization[first + row] = initializationBound(squares, dimension, levels[0]);
    }
  };
  const setup = { clean: heldOut, denoiser, seed };
  const watched = { signal, ...(onAdvance && { onAdvance }) };
  if (curvedOf(sampler)) {
    requireCovariances(sampler, dimension);
    await overRows(pool, curvedCodingRows, { ...setup, sampler, levels }, count, addRows(identity), watched);
  } else {
    const logSnr = Float64Array.from(levels.slice(0, -1), (level) => level.logSnr);
    const { costs, weights } = bridgeCosts(levels, sampler, dimension);
    const problem = { ...setup, logSnr, ...(weights && { weights }), commonNoise: false };
    await denoisingErrors(pool, problem, count, addRows(costs), watched);
  }
  return { initialization, denoising };
}

/** What the k-th step takes of a row, by what was found of the row there. */
type StepCostsOfRows = (found: number, k: number) => number;

const identity: StepCostsOfRows = (cost) => cost;

/** From squared errors; and what the squares of the coordinates count in them, float64 [N, dimension], where they differ. */
interface BridgeCosts {
  readonly costs: StepCostsOfRows;
  readonly weights?: Float64Array;
}

function bridgeCosts(levels: readonly NoiseLevel[], sampler: CodingSamplerName, dimension: number): BridgeCosts {
  const snr = levels.map(snrOf);
  if (sampler === "analytic-diagonal") return diagonalCosts(levels, snr, dimension);
  const lambda = levels.slice(1).map((to, k) => (sampler === "analytic" ? excessVariance(levels[k], to) : 0));
  return { costs: (error, k) => bridgeCost(error, snr[k + 1] - snr[k], lambda[k], dimension) };
}

function diagonalCosts(levels: readonly NoiseLevel[], snr: readonly number[], dimension: number): BridgeCosts {
  const lambda = levels.slice(1).map((to, k) => excessVariances(levels[k], to, dimension));
  const spread = lambda.map(spreadOfCoordinates);
  return {
    costs: (error, k) => diagonalCost(error, snr[k + 1] - snr[k], spread[k]),
    weights: Float64Array.from(lambda.flatMap((each) => [...narrowing(each)])),
  };
}

/** d/2 log(2 pi e sigma^2): entropy of the noise at a level, nats. */
export function noiseEntropy(dimension: number, { logSnr }: Pick<NoiseLevel, "logSnr">): number {
  return 0.5 * dimension * (Math.log(2 * Math.PI) + 1 - Math.log1p(Math.exp(logSnr)));
}
