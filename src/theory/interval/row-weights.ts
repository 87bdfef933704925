import type { Denoiser } from "../../diffusion/denoiser.js";
import type { TimeGrid } from "../../diffusion/grid.js";
import type { Sampler } from "../../diffusion/sampler.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import type { DenseTarget } from "./dense-target.js";
import type { ProposalName } from "./proposals/index.js";

/** What all rows of one interval have in common. */
export interface IntervalProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  readonly target: DenseTarget;
  /** The denoiser that the sampler runs with. */
  readonly denoiser: Denoiser;
  readonly seed: number;
}

/** Rows to weigh: [first, first + count) of the law, noised to delta, or of the sampler. */
export interface RowRequest {
  readonly of: "law" | "sampler";
  readonly first: number;
  readonly count: number;
  /** Of the law: the cell that each row is drawn in; absent: rows are drawn from all of it. */
  readonly cells?: Uint32Array | undefined;
  /** Proposed paths of each row, K >= 1. */
  readonly paths: number;
  readonly proposal: ProposalName;
  /** Which of many independent draws of paths to the same rows. Default: 0. */
  readonly draw?: number | undefined;
}

/** What was found at each row, float64 [count]; nats. */
export interface RowWeights {
  /** U_K = log q_delta(x) - log mean w over K proposed paths. */
  readonly u: Float64Array;
  /** The same with the sampler's own path in the place of the first; of rows of the law, u. */
  readonly conditional: Float64Array;
  /** log q_delta(x). */
  readonly logDensity: Float64Array;
  /** |x|^2. */
  readonly square: Float64Array;
  /** How much likelier the row is in its cell than where it was drawn. */
  readonly factors: Float64Array;
  /** Uniform on (0, 1). */
  readonly coins: Float64Array;
  /** Variance of log w over the proposed paths, since they were last resampled; 0 for one path. */
  readonly spread: Float64Array;
  /** No noise of a step had a smaller deviation in any direction. */
  readonly noise: number;
  /** Largest coordinate of |x|. */
  readonly reach: number;
}
