import { studentQuantile } from "../../theory/student.js";

/** A straight line through (log x, log y) by least squares. */
export interface PowerFit {
  /** y is about exp(intercept) x^slope. */
  readonly slope: number;
  readonly intercept: number;
  /** Two-sided interval of the slope by Student's t over the residuals; null for two points, which leave none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly confidence: number;
  readonly points: number;
}

/**
 * Fits a power law to the points with x, y > 0; undefined where fewer than two of them differ in x. Residuals are taken as independent:
 * a curve that bends widens the interval.
 */
export function fitPower(
  points: readonly { readonly x: number; readonly y: number }[],
  confidence: number,
): PowerFit | undefined {
  const logs = points.filter(({ x, y }) => x > 0 && y > 0).map(({ x, y }) => ({ u: Math.log(x), v: Math.log(y) }));
  const count = logs.length;
  const mean = (of: (point: { u: number; v: number }) => number) =>
    logs.reduce((sum, point) => sum + of(point), 0) / count;
  const [mu, mv] = [mean(({ u }) => u), mean(({ v }) => v)];
  const spread = logs.reduce((sum, { u }) => sum + (u - mu) ** 2, 0);
  if (count < 2 || !(spread > 1e-20)) return undefined;
  const slope = logs.reduce((sum, { u, v }) => sum + (u - mu) * (v - mv), 0) / spread;
  const intercept = mv - slope * mu;
  if (count === 2) return { slope, intercept, low: null, high: null, confidence, points: count };
  const residual = logs.reduce((sum, { u, v }) => sum + (v - intercept - slope * u) ** 2, 0);
  const error = Math.sqrt(residual / (count - 2) / spread);
  const reach = studentQuantile((1 + confidence) / 2, count - 2) * error;
  return { slope, intercept, low: slope - reach, high: slope + reach, confidence, points: count };
}
