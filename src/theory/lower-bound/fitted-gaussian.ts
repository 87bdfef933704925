import { clientMoments, covarianceOf } from "../../data/moments.js";
import { centred, columnMeans } from "../../divergence/samples.js";
import type { Engine } from "../../kernels/index.js";
import type { GaussianParameters } from "../gaussian-kl.js";

/** Added to each variance, as a part of the mean variance: fits of few rows or of constant coordinates stay positive definite. */
const ridge = 1e-6;
const leastVariance = 1e-12;

/** Mean and covariance of the rows, a small ridge added. */
export function fittedGaussian(engine: Engine, points: Float32Array, dimension: number): GaussianParameters {
  const mean = columnMeans(points, dimension);
  const rows = Uint32Array.from({ length: points.length / dimension }, (_, row) => row);
  const covariance = covarianceOf(clientMoments(engine, centred(points, mean), dimension, rows));
  let trace = 0;
  for (let i = 0; i < dimension; i++) trace += covariance[i * dimension + i];
  const added = Math.max((ridge * trace) / dimension, leastVariance);
  for (let i = 0; i < dimension; i++) covariance[i * dimension + i] += added;
  return { mean, covariance };
}
