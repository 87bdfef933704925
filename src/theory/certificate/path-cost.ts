import type { DenoiserSession } from "../../diffusion/denoiser.js";
import type { TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseLevel, NoiseSchedule } from "../../diffusion/schedule.js";
import type { Engine, Pointer } from "../../kernels/index.js";
import type { TheoremId } from "../registry/index.js";

/** Mean cost of one step over the paths of a block, nats. Their expectations add up to the path KL. */
export interface StepCost {
  /** The whole step; for the ancestral sampler score + discretization, for Girsanov sums including their cross term. */
  readonly total: number;
  /** What the denoiser's error at the grid point costs. */
  readonly score: number;
  /** What holding the exact denoiser for the step costs. */
  readonly discretization: number;
  /** E|X_0 - E[X_0 | X_t]|^2 at the step's start, squared data units: a point of the mmse curve. */
  readonly mmse: number;
}

/** A block of forward paths in wasm memory. Scratch vectors are float32 [batch, dimension]. */
export interface PathBlock {
  readonly engine: Engine;
  readonly schedule: NoiseSchedule;
  readonly batch: number;
  readonly dimension: number;
  /** X_0. */
  readonly clean: Pointer;
  /** Exact E[X_0 | X_t = x]. */
  readonly exact: DenoiserSession;
  /** The denoiser to certify. */
  readonly approximate: DenoiserSession;
  readonly scratch: readonly [Pointer, Pointer, Pointer, Pointer, Pointer, Pointer];
  /** Writes standard normals, float32 [batch, dimension]: stream 0 or 1 of this step. */
  drawNoise(step: number, stream: 0 | 1, out: Pointer): void;
  /** Uniform on (0, 1), one for this block and step. */
  uniform(step: number): number;
}

/** The path-space KL of a sampler, one step at a time. One file each, plus one line in the index. */
export interface PathCost {
  readonly samplers: readonly SamplerName[];
  readonly theorem: TheoremId;
  readonly source: string;
  /** Why this schedule has no path KL under the sampler; undefined where it has one. */
  refuses?(schedule: NoiseSchedule): string | undefined;
  /** The discretization term in closed form for a Gaussian target; `variances` are the eigenvalues of its covariance. */
  gaussianDiscretization?(schedule: NoiseSchedule, grid: TimeGrid, variances: ArrayLike<number>): number;
  step(block: PathBlock, step: number, from: NoiseLevel, to: NoiseLevel): StepCost;
}

/** Writes x = alpha X_0 + sigma z. */
export function diffuse(block: PathBlock, level: NoiseLevel, noise: Pointer, out: Pointer): void {
  const { engine, clean, batch, dimension } = block;
  engine.kernels.linearCombination(clean, level.alpha, noise, level.sigma, batch * dimension, out);
}

/** Mean over the block of |a x + b y + c u + e v|^2. */
export function meanSquare(
  { engine, batch, dimension }: PathBlock,
  ...[x, a, y, b, u = x, c = 0, v = x, e = 0]: [Pointer, number, Pointer, number, Pointer?, number?, Pointer?, number?]
): number {
  return engine.kernels.combinationSquaredNorm(x, a, y, b, u, c, v, e, batch * dimension) / batch;
}
