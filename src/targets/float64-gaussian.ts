import type { Engine } from "../kernels/index.js";
import type { Float64Law } from "./float64-law.js";

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
  return {
    dimension,
    at(engine, { alpha, sigma }) {
      const basis = axes(engine);
      const marginalOf = (variance: number) => alpha * alpha * variance + sigma * sigma;
      const gainOf = (variance: number) => (alpha * variance) / marginalOf(variance);
      const marginals = variances.map(marginalOf);
      const [common, gain] = [marginalOf(floor), gainOf(floor)];
      const slope = new Float64Array(dimension * dimension);
      for (let i = 0; i < dimension; i++) slope[i * (dimension + 1)] = gain;
      basis.forEach((u, axis) => {
        const extra = gainOf(variances[axis]) - gain;
        for (let i = 0; i < dimension; i++) {
          for (let j = 0; j < dimension; j++) slope[i * dimension + j] += extra * u[i] * u[j];
        }
      });
      const others = dimension - basis.length;
      const logVolume = marginals.reduce(
        (sum, value) => sum + Math.log(value),
        others === 0 ? 0 : others * Math.log(common),
      );
      const constant = 0.5 * (dimension * Math.log(2 * Math.PI) + logVolume);
      const centered = new Float64Array(dimension);
      const centre = (x: Float64Array) => {
        for (let j = 0; j < dimension; j++) centered[j] = x[j] - alpha * mean[j];
      };
      return {
        denoise(x, denoised, jacobian) {
          centre(x);
          for (let i = 0; i < dimension; i++) {
            let sum = mean[i];
            for (let j = 0; j < dimension; j++) sum += slope[i * dimension + j] * centered[j];
            denoised[i] = sum;
          }
          jacobian?.set(slope);
        },
        logDensity(x) {
          centre(x);
          // What lies outside of the axes is taken off their part, which leaves 0 where they span the space.
          let rest = 0;
          for (let j = 0; j < dimension; j++) rest += centered[j] * centered[j];
          let quadratic = 0;
          basis.forEach((u, axis) => {
            let along = 0;
            for (let j = 0; j < dimension; j++) along += u[j] * centered[j];
            rest -= along * along;
            quadratic += (along * along) / marginals[axis];
          });
          return -constant - 0.5 * (quadratic + (others === 0 ? 0 : Math.max(0, rest) / common));
        },
      };
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
