import { ArgumentError, requireLength } from "../errors.js";

/** mmse(snr) = E|X_0 - E[X_0 | X_t]|^2 at increasing snr: non-increasing, in squared data units. */
export interface MmseCurve {
  /** Strictly increasing. */
  readonly snr: Float64Array;
  readonly mmse: Float64Array;
  /** Integral of mmse d(snr) from snr[0] to snr[i]: by I-MMSE twice the information gained. */
  readonly integral: Float64Array;
}

/**
 * A curve from its points. The integral is exact for mmse linear in log snr between the points when `integral` is absent;
 * a closed form may be given instead.
 */
export function mmseCurve(snr: Float64Array, mmse: Float64Array, integral?: Float64Array): MmseCurve {
  requireLength("mmse", mmse, snr.length);
  for (let i = 0; i < snr.length; i++) {
    const value = mmse[i] as number;
    if (i > 0 && !((snr[i] as number) > (snr[i - 1] as number))) {
      throw new ArgumentError(`snr[${i}]`, `must exceed snr[${i - 1}]`, snr[i]);
    }
    if (!(value >= 0) || (i > 0 && value > (mmse[i - 1] as number) * (1 + 1e-12))) {
      throw new ArgumentError(`mmse[${i}]`, "must be non-negative and not above its predecessor", value);
    }
  }
  if (integral) requireLength("integral", integral, snr.length);
  return { snr, mmse, integral: integral ?? integrate(snr, mmse) };
}

/** The curve of N(mean, diag(variances)): mmse = sum v / (1 + snr v), its integral sum log(1 + snr v). */
export function gaussianMmseCurve(variances: ArrayLike<number>, snr: Float64Array): MmseCurve {
  const mmse = new Float64Array(snr.length);
  const information = new Float64Array(snr.length);
  for (let i = 0; i < snr.length; i++) {
    for (let j = 0; j < variances.length; j++) {
      const signal = (snr[i] as number) * (variances[j] as number);
      mmse[i] = (mmse[i] as number) + (variances[j] as number) / (1 + signal);
      information[i] = (information[i] as number) + Math.log1p(signal);
    }
  }
  const start = information[0] as number;
  return mmseCurve(
    snr,
    mmse,
    information.map((value) => value - start),
  );
}

function integrate(snr: Float64Array, mmse: Float64Array): Float64Array {
  const integral = new Float64Array(snr.length);
  for (let i = 1; i < snr.length; i++) {
    const [a, b] = [snr[i - 1] as number, snr[i] as number];
    const [high, low] = [mmse[i - 1] as number, mmse[i] as number];
    // mmse = high - (high - low) log(s / a) / log(b / a), integrated over s from a to b.
    const logRatio = Math.log(b / a);
    const mean = b / (b - a) - 1 / logRatio;
    integral[i] = (integral[i - 1] as number) + (b - a) * (high - (high - low) * mean);
  }
  return integral;
}
