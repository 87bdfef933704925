import { choleskyFactor, solveLower } from "../data/cholesky.js";
import { finiteResult } from "../data/finite.js";
import { largestMagnitude, powerOfTwo } from "../data/scale.js";
import { scaleKl } from "../diffusion/gaussian-law.js";
import { optimalCoupling } from "../divergence/bures.js";
import { requireLength, requireNumbers, requireObject, requireTyped } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";

/** N(mean, covariance): float64 [d] and [d, d], symmetric. */
export interface GaussianParameters {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/**
 * KL(P || Q) of Gaussians with full covariances, nats. With C = L L^T and T = L_q^-1 L_p, lower triangular:
 *
 *     2 KL = |L_q^-1 (m_p - m_q)|^2 + sum_i (T_ii^2 - 1 - log T_ii^2) + sum_{i > j} T_ij^2:
 *
 * no summand is negative, so nothing cancels where P and Q nearly agree. Throws where a covariance is not positive definite, and
 * FEDSCORE_NON_FINITE where the KL is beyond float64.
 */
export function multivariateGaussianKl(p: GaussianParameters, q: GaussianParameters): number {
  const d = requireGaussian("p", requireObject("p", p));
  requireGaussian("q", requireObject("q", q));
  requireLength("q.mean", q.mean, d);
  const lowerP = choleskyFactor("p.covariance", p.covariance, d);
  const lowerQ = choleskyFactor("q.covariance", q.covariance, d);
  const column = p.mean.map((value, i) => value - q.mean[i]);
  solveLower(lowerQ, column);
  let total = 0.5 * squaredNorm(column);
  for (let j = 0; j < d; j++) {
    for (let i = 0; i < d; i++) column[i] = lowerP[i * d + j];
    solveLower(lowerQ, column);
    total += scaleKl(column[j]) + 0.5 * squaredNorm(column.subarray(j + 1));
  }
  return finiteResult("multivariateGaussianKl", total);
}

/**
 * W2(P, Q) of Gaussians, in data units: W2^2 = |m_p - m_q|^2 + tr A + tr B - 2 tr (A^1/2 B A^1/2)^1/2 (Gelbrich 1990). Singular covariances are
 * allowed. Values below about 1e-7 of the standard deviations are rounding.
 */
export function multivariateGaussianW2(engine: Engine, p: GaussianParameters, q: GaussianParameters): number {
  const d = requireGaussian("p", requireObject("p", p));
  requireGaussian("q", requireObject("q", q));
  requireLength("q.mean", q.mean, d);
  requireEngine(engine);
  const deviation = Math.sqrt(Math.max(largestMagnitude(p.covariance), largestMagnitude(q.covariance)));
  const unit = powerOfTwo(Math.max(largestMagnitude(p.mean), largestMagnitude(q.mean), deviation));
  const [a, b] = [p, q].map(({ covariance }) => covariance.map((value) => value / unit / unit));
  let square = squaredNorm(p.mean.map((value, i) => value / unit - q.mean[i] / unit));
  for (let i = 0; i < d; i++) square += a[i * d + i] + b[i * d + i];
  square -= 2 * optimalCoupling(engine, a, b, d).trace;
  return finiteResult("multivariateGaussianW2", unit * Math.sqrt(Math.max(0, square)));
}

/** The dimension d of the parameters: mean float64 [d], covariance [d, d], all finite. */
function requireGaussian(argument: string, { mean, covariance }: GaussianParameters): number {
  requireTyped(`${argument}.mean`, mean, Float64Array);
  requireNumbers(`${argument}.mean`, mean);
  requireNumbers(`${argument}.covariance`, covariance);
  requireLength(`${argument}.covariance`, covariance, mean.length * mean.length);
  return mean.length;
}

function squaredNorm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return sum;
}
