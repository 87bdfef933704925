/** Plain float64 reference for Gaussian mixtures seen through X_t = alpha X_0 + sigma Z, with error bounds for a float32 kernel. */
export interface MixtureCase {
  readonly dimension: number;
  /** [K, d]. */
  readonly means: Float32Array;
  readonly logWeights: Float64Array;
  readonly variances: Float64Array;
}

export interface MixtureAnswer {
  readonly denoised: number[];
  readonly score: number[];
  readonly logDensity: number;
  /** Largest error of a relevant logit when differences, squares and chunk sums of 64 are rounded to float32. */
  readonly logitError: number;
}

export function mixtureReference(
  mixture: MixtureCase,
  x: ArrayLike<number>,
  alpha: number,
  sigma: number,
): MixtureAnswer {
  const { dimension: d, means, logWeights, variances } = mixture;
  const count = variances.length;
  const logits: number[] = [];
  const errors: number[] = [];
  const eps = 2 ** -24;
  for (let k = 0; k < count; k++) {
    const c = alpha ** 2 * variances[k] + sigma ** 2;
    let distance = 0;
    let error = 0;
    for (let j = 0; j < d; j++) {
      const mean = alpha * means[k * d + j];
      const difference = x[j] - mean;
      distance += difference ** 2;
      // alpha and alpha mu are rounded, then the difference.
      error += 2 * Math.abs(difference) * eps * (2 * Math.abs(mean) + Math.abs(difference));
    }
    error += distance * eps * (Math.min(d, 64) + 2);
    logits.push(logWeights[k] - (d / 2) * Math.log(2 * Math.PI * c) - distance / (2 * c));
    errors.push(error / (2 * c));
  }
  const top = Math.max(...logits);
  const mass = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  const denoised = new Array<number>(d).fill(0);
  const score = new Array<number>(d).fill(0);
  let logitError = 0;
  for (let k = 0; k < count; k++) {
    const v = variances[k];
    const c = alpha ** 2 * v + sigma ** 2;
    const r = Math.exp(logits[k] - top) / mass;
    if (r > 1e-9) logitError = Math.max(logitError, errors[k]);
    for (let j = 0; j < d; j++) {
      const mean = means[k * d + j];
      denoised[j] += r * ((sigma ** 2 / c) * mean + ((alpha * v) / c) * x[j]);
      score[j] += (r * (alpha * mean - x[j])) / c;
    }
  }
  return { denoised, score, logDensity: top + Math.log(mass), logitError };
}
