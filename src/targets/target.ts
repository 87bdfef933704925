import type { Denoiser } from "../diffusion/denoiser.js";
import type { Engine } from "../kernels/index.js";
import type { AffineMap } from "./affine-map.js";
import type { Cells } from "./cells.js";
import type { Float64Law } from "./float64-law.js";
import type { UnroundedMixture } from "./mixture.js";

/** A data law that can be sampled and, where a density exists, evaluated exactly. */
export interface Target {
  readonly name: string;
  readonly dimension: number;
  /**
   * Rows [first, first + count) of the sample with that seed: float32 [count, dimension] and a component label per row. However the
   * range is cut, the rows are the same. `first` defaults to 0.
   */
  sample(engine: Engine, count: number, seed: number, first?: number): { points: Float32Array; labels: Int32Array };
  /** All of the law, cut into cells of known probability, where it has such parts. */
  readonly cells?: Cells;
  /** The law of the rows with a label, where it is again a target of closed forms. */
  ofClass?(label: number): Target;
  /** The law of (X - shift) / scale with the closed forms of its own kind, where it has one. */
  affine?(map: AffineMap): Target;
  /** Exact E[X_0 | X_t = x], where it is known in closed form. */
  readonly denoiser?: Denoiser;
  /** The same and the density of X_t in float64, with derivatives, where both are known so. */
  readonly float64?: Float64Law;
  /** E X_0, float64 [dimension], where it is known in closed form. */
  readonly mean?: Float64Array;
  /** E|X_0|^2, where it is known in closed form. */
  readonly secondMoment?: number;
  /** Independent isotropic mixtures side by side of which a row is made, where it is: their dimensions sum to that of the law. */
  readonly independentMixtures?: readonly UnroundedMixture[];
  /** Eigenvalues of the covariance, float64 [dimension], where the law is Gaussian. */
  readonly gaussianVariances?: Float64Array;
  /** Covariance, float64 [dimension, dimension], where the law is Gaussian. */
  covariance?(engine: Engine): Float64Array;
  /** Log-density of X_t = alpha X_0 + sigma Z in nats per row of x [count, dimension], where it is known in closed form. */
  marginalLogDensity?(engine: Engine, x: Float32Array, level: { alpha: number; sigma: number }): Float64Array;
  /** Log-density of X_0 in nats per row of points [count, dimension], where it exists. */
  logDensity?(engine: Engine, points: Float32Array): Float64Array;
}

/** A target whose exact denoiser is known. */
export interface ExactTarget extends Target {
  readonly denoiser: Denoiser;
}
