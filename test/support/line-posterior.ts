import type { NoiseLevel } from "../../src/diffusion/schedule.js";
import type { LineMixture } from "./exact-path-kl.js";

/** Mean and variance of X_0 given X_t = x, of a mixture on the line. */
export function linePosterior(line: LineMixture, x: number, { alpha, sigma }: Pick<NoiseLevel, "alpha" | "sigma">) {
  const parts = line.means.map((mean, k) => {
    const c = alpha * alpha * line.variances[k] + sigma * sigma;
    const own = mean + ((alpha * line.variances[k]) / c) * (x - alpha * mean);
    const weight = (line.weights[k] / Math.sqrt(c)) * Math.exp(-((x - alpha * mean) ** 2) / (2 * c));
    return { own, weight, spread: (line.variances[k] * sigma * sigma) / c };
  });
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = parts.reduce((sum, { own, weight }) => sum + (weight / total) * own, 0);
  const variance = parts.reduce((sum, p) => sum + (p.weight / total) * ((p.own - mean) ** 2 + p.spread), 0);
  return { mean, variance };
}
