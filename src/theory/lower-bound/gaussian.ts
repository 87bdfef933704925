import { choleskyFactor, solveLower } from "../../data/cholesky.js";
import type { GaussianParameters } from "../gaussian-kl.js";
import { fittedGaussian } from "./fitted-gaussian.js";
import type { Witness, WitnessFamily } from "./witness.js";

/** A value costs O(d^2). */
const largestDimension = 128;

/** The log ratio of two fitted Gaussians: sees wrong means, variances and correlations in all coordinates at once. */
export const gaussian: WitnessFamily = {
  name: "gaussian",
  title: "Log ratio of fitted Gaussians",
  recipes: ({ engine, dimension: d }) => {
    if (d > largestDimension) return [];
    const shapes = d === 1 ? (["full"] as const) : (["full", "diagonal"] as const);
    return shapes.map((shape) => ({
      method: `log ratio of fitted Gaussians, ${shape} covariances`,
      fit: (p, q) => {
        const [a, b] = [p, q].map((points) => fittedGaussian(engine, points, d));
        return shape === "full" ? logRatio(a, b, d) : logRatio(diagonal(a, d), diagonal(b, d), d);
      },
    }));
  },
};

function diagonal({ mean, covariance }: GaussianParameters, d: number): GaussianParameters {
  return { mean, covariance: covariance.map((value, at) => (at % (d + 1) === 0 ? value : 0)) };
}

function logRatio(p: GaussianParameters, q: GaussianParameters, d: number): Witness {
  const [lowerP, lowerQ] = [p, q].map(({ covariance }) => choleskyFactor("covariance", covariance, d));
  let constant = 0;
  for (let i = 0; i < d; i++) constant += Math.log(lowerQ[i * d + i] / lowerP[i * d + i]);
  const gap = new Float64Array(d);
  const square = (points: Float32Array, row: number, lower: Float64Array, mean: Float64Array) => {
    for (let i = 0; i < d; i++) gap[i] = points[row * d + i] - mean[i];
    solveLower(lower, gap);
    let sum = 0;
    for (let i = 0; i < d; i++) sum += gap[i] * gap[i];
    return sum;
  };
  return (points) =>
    Float64Array.from({ length: points.length / d }, (_, row) => {
      return constant + 0.5 * (square(points, row, lowerQ, q.mean) - square(points, row, lowerP, p.mean));
    });
}
