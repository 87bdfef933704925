import { dot } from "../data/dot.js";
import { type Engine, portableMath } from "../kernels/index.js";
import type { Float64Law, LevelLaw } from "./float64-law.js";

/** N(mean, floor I + sum_i (variances_i - floor) u_i u_i^T) with orthonormal u_i. */
export interface GaussianAxes {
  /** float64 [d]. */
  readonly mean: Float64Array;
  /** Variance in every direction that has none of its own. */
  readonly floor: number;
  /** Variances along the axes. */
  readonly variances: Float64Array;
  /** u_i, float64 [d] each, orthonormal. */
  axes(engine: Engine): readonly Float64Array[];
}

/** A Gaussian in float64: along u_i the denoiser shrinks by alpha v_i / (alpha^2 v_i + sigma^2). */
export function gaussianFloat64({ mean, floor, variances, axes }: GaussianAxes): Float64Law {
  const dimension = mean.length;
  let basis: readonly Float64Array[] | undefined;
  return {
    dimension,
    at(engine, { alpha, sigma }) {
      basis ??= axes(engine);
      const { log } = portableMath(engine);
      const marginalOf = (variance: number) => alpha * alpha * variance + sigma * sigma;
      const gainOf = (variance: number) => (alpha * variance) / marginalOf(variance);
      const marginals = variances.map(marginalOf);
      const gains = variances.map(gainOf);
      return gaussianLevel({
        basis,
        center: mean.map((value) => alpha * value),
        mean,
        common: marginalOf(floor),
        marginals,
        gain: gainOf(floor),
        gains,
        log,
      });
    },
  };
}

/** A Gaussian at a noise level: along the axes, and in every direction that has none of its own. */
interface GaussianLevel {
  readonly basis: readonly Float64Array[];
  /** Of X_t. */
  readonly center: Float64Array;
  /** Of X_0. */
  readonly mean: Float64Array;
  /** Variances of X_t. */
  readonly common: number;
  readonly marginals: Float64Array;
  /** Of the denoiser. */
  readonly gain: number;
  readonly gains: Float64Array;
  readonly log: (x: number) => number;
}

function gaussianLevel({ basis, center, mean, common, marginals, gain, gains, log }: GaussianLevel): LevelLaw {
  const dimension = mean.length;
  const others = dimension - basis.length;
  const logVolume = marginals.reduce((sum, value) => sum + log(value), others === 0 ? 0 : others * log(common));
  const constant = 0.5 * (dimension * log(2 * Math.PI) + logVolume);
  const steepest = gains.reduce((most, value) => Math.max(most, value), others === 0 ? 0 : gain);
  const centered = new Float64Array(dimension);
  const centre = (x: Float64Array) => {
    for (let j = 0; j < dimension; j++) centered[j] = x[j] - center[j];
  };
  const product = (v: Float64Array, out: Float64Array) => {
    for (let j = 0; j < dimension; j++) out[j] = gain * v[j];
    basis.forEach((u, axis) => {
      const extra = (gains[axis] - gain) * dot(u, v);
      for (let j = 0; j < dimension; j++) out[j] += extra * u[j];
    });
  };
  return {
    denoise(x, denoised) {
      centre(x);
      product(centered, denoised);
      for (let j = 0; j < dimension; j++) denoised[j] += mean[j];
    },
    jacobian(jacobian) {
      jacobian.fill(0);
      for (let i = 0; i < dimension; i++) jacobian[i * (dimension + 1)] = gain;
      basis.forEach((u, axis) => {
        for (let i = 0; i < dimension; i++) {
          const share = (gains[axis] - gain) * u[i];
          for (let j = 0; j < dimension; j++) jacobian[i * dimension + j] += share * u[j];
        }
      });
    },
    product,
    steepest: () => steepest,
    logDensity(x) {
      centre(x);
      // What lies outside of the axes is taken off their part, which leaves 0 where they span the space.
      let rest = dot(centered, centered);
      let quadratic = 0;
      basis.forEach((u, axis) => {
        const along = dot(u, centered);
        rest -= along * along;
        quadratic += (along * along) / marginals[axis];
      });
      return -constant - 0.5 * (quadratic + (others === 0 ? 0 : Math.max(0, rest) / common));
    },
  };
}

/** Rows made orthonormal one after the other, twice, so that rounding does not tilt them; in place. */
export function orthonormalize(rows: readonly Float64Array[]): readonly Float64Array[] {
  rows.forEach((row, at) => {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows.slice(0, at)) {
        const overlap = other.reduce((sum, value, j) => sum + value * row[j], 0);
        for (let j = 0; j < row.length; j++) row[j] -= overlap * other[j];
      }
    }
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < row.length; j++) row[j] /= norm;
  });
  return rows;
}
