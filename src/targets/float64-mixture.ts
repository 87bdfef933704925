import type { NoiseLevel } from "../diffusion/schedule.js";
import type { Float64Law, LevelLaw } from "./float64-law.js";
import type { GaussianMixture } from "./mixture.js";

/** Responsibilities below it change no digit of float64. */
const negligible = 1e-40;

/**
 * A mixture in float64, and with `copies` the product of that many independent vectors of it. With S_k = alpha^2 v_k + sigma^2, gains
 * g_k = alpha v_k / S_k, responsibilities r_k and mu_k = m_k + g_k (x - alpha m_k)
 *
 *     x0hat = sum_k r_k mu_k,   J = sum_k r_k (g_k I + (alpha / sigma^2) (mu_k - x0hat)(mu_k - x0hat)^T):
 *
 * J = (alpha / sigma^2) Cov(X_0 | X_t = x), symmetric and positive semi-definite.
 */
export function mixtureFloat64(mixture: GaussianMixture, copies: number): Float64Law {
  const width = mixture.dimension;
  const dimension = copies * width;
  const means = Float64Array.from(mixture.means);
  const logWeights = Float64Array.from(mixture.weights, Math.log);
  // All levels share it: a data set of many rows has many levels.
  let responsibilities = new Float64Array(0);
  return {
    dimension,
    at(_engine, level) {
      if (responsibilities.length === 0) responsibilities = new Float64Array(logWeights.length);
      const block = atLevel(mixture, { means, logWeights, responsibilities }, level);
      if (copies === 1) return block;
      const [point, denoised] = [new Float64Array(width), new Float64Array(width)];
      const jacobian = new Float64Array(width * width);
      return {
        denoise(x, out, outJacobian) {
          outJacobian?.fill(0);
          for (let start = 0; start < dimension; start += width) {
            point.set(x.subarray(start, start + width));
            block.denoise(point, denoised, outJacobian && jacobian);
            out.set(denoised, start);
            if (!outJacobian) continue;
            for (let i = 0; i < width; i++) {
              outJacobian.set(jacobian.subarray(i * width, (i + 1) * width), (start + i) * dimension + start);
            }
          }
        },
        logDensity(x) {
          let sum = 0;
          for (let start = 0; start < dimension; start += width) {
            sum += block.logDensity(x.subarray(start, start + width));
          }
          return sum;
        },
      };
    },
  };
}

/** A mixture in float64, and scratch [components]. */
interface Components {
  /** [components, dimension]. */
  readonly means: Float64Array;
  readonly logWeights: Float64Array;
  readonly responsibilities: Float64Array;
}

/** One vector of the mixture at a level. */
function atLevel(
  { dimension, variances }: GaussianMixture,
  { means, logWeights, responsibilities }: Components,
  { alpha, sigma }: NoiseLevel,
): LevelLaw {
  const count = logWeights.length;
  const variance = sigma * sigma;
  const [mean, center] = [new Float64Array(dimension), new Float64Array(dimension)];
  const marginalOf = (k: number) => alpha * alpha * variances[k] + variance;
  const logVolumeOf = (k: number) => 0.5 * dimension * Math.log(2 * Math.PI * marginalOf(k));
  const alike = Array.prototype.every.call(variances, (value) => value === variances[0]);
  const logVolumes = Float64Array.from({ length: alike ? 1 : count }, (_, k) => logVolumeOf(k));

  /** Fills the responsibilities, not yet divided by their sum, which it returns with the exponent taken out of them. */
  const weigh = (x: Float64Array) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      let square = 0;
      for (let j = 0; j < dimension; j++) square += (x[j] - alpha * means[k * dimension + j]) ** 2;
      const logit = logWeights[k] - logVolumes[alike ? 0 : k] - square / (2 * marginalOf(k));
      responsibilities[k] = logit;
      if (logit > most) most = logit;
    }
    let sum = 0;
    for (let k = 0; k < count; k++) {
      responsibilities[k] = Math.exp(responsibilities[k] - most);
      sum += responsibilities[k];
    }
    return { most, sum };
  };

  /** mu_k: E[X_0 | X_t = x, component k]. */
  const meanOf = (k: number, x: Float64Array) => {
    const gain = (alpha * variances[k]) / marginalOf(k);
    for (let j = 0; j < dimension; j++) {
      const m = means[k * dimension + j];
      mean[j] = m + gain * (x[j] - alpha * m);
    }
    return gain;
  };

  return {
    denoise(x, denoised, jacobian) {
      const { sum } = weigh(x);
      center.fill(0);
      for (let k = 0; k < count; k++) {
        const r = responsibilities[k] / sum;
        if (r < negligible) continue;
        meanOf(k, x);
        for (let j = 0; j < dimension; j++) center[j] += r * mean[j];
      }
      denoised.set(center);
      if (!jacobian) return;
      jacobian.fill(0);
      for (let k = 0; k < count; k++) {
        const r = responsibilities[k] / sum;
        if (r < negligible) continue;
        const gain = meanOf(k, x);
        for (let i = 0; i < dimension; i++) {
          const pull = ((r * alpha) / variance) * (mean[i] - center[i]);
          for (let j = 0; j < dimension; j++) jacobian[i * dimension + j] += pull * (mean[j] - center[j]);
          jacobian[i * (dimension + 1)] += r * gain;
        }
      }
    },
    logDensity(x) {
      const { most, sum } = weigh(x);
      return most + Math.log(sum);
    },
  };
}
