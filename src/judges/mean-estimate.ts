import { linearBootstrap, percentileInterval } from "../divergence/bootstrap.js";
import type { Estimate } from "../divergence/index.js";
import type { Engine } from "../kernels/index.js";

/** Resamples of every interval in this folder. */
export const replicates = 1000;

/** The mean of one number per row, and the interval over resampled rows. */
export function meanEstimate(engine: Engine, values: Float64Array, seed: number): Estimate {
  const value = values.reduce((sum, each) => sum + each, 0) / values.length;
  const [low, high] = percentileInterval(linearBootstrap(engine, [values], replicates, seed));
  return { value, low: value + low, high: value + high, details: { rows: values.length } };
}
