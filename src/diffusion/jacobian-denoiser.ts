import type { Engine } from "../kernels/index.js";
import type { NoiseLevel } from "./schedule.js";

/**
 * E[X_0 | X_t = x] or an approximation of it in float64, with its derivative: what a change of variables needs of a denoiser. In plain arithmetic,
 * one point at a time.
 */
export interface JacobianDenoiser {
  readonly dimension: number;
  /** The denoiser at one noise level. Levels may share scratch: a point is held until `denoise` is called again, of whichever level. */
  at(engine: Engine, level: NoiseLevel): LevelDenoiser;
}

/** A denoiser in float64 at one noise level. */
export interface LevelDenoiser {
  /** Writes x0hat(x), float64 [d], and holds the point x, float64 [d], which is left as it is. */
  denoise(x: Float64Array, denoised: Float64Array): void;
  /** Writes the Jacobian at the point that is held, float64 [d, d]: entry i d + j is the derivative of x0hat_i by x_j. */
  jacobian(jacobian: Float64Array): void;
}
