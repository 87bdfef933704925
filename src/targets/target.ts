import type { Denoiser } from "../diffusion/denoiser.js";
import type { Engine } from "../kernels/index.js";

/** A data law that can be sampled and, where a density exists, evaluated exactly. */
export interface Target {
  readonly name: string;
  readonly dimension: number;
  /** float32 [count, dimension] and a component label per row; the same (seed, purpose) gives the same rows, a prefix for a smaller count. */
  sample(engine: Engine, count: number, seed: number): { points: Float32Array; labels: Int32Array };
  /** Exact E[X_0 | X_t = x], where it is known in closed form. */
  readonly denoiser?: Denoiser;
  /** Log-density of X_0 in nats per row of points [count, dimension], where it exists. */
  logDensity?(engine: Engine, points: Float32Array): Float64Array;
}
