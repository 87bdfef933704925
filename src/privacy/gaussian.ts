import { requireNumber } from "../errors.js";
import { requireDelta } from "./mechanism.js";
import { scaledErfc, upperTail } from "./normal.js";

/**
 * The exact delta of the Gaussian mechanism at an epsilon: theorem 8 of arXiv 1805.06530.
 * @param noiseMultiplier standard deviation of the noise over the sensitivity, > 0.
 * @param epsilon >= 0.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function gaussianDelta(noiseMultiplier: number, epsilon: number): number {
  requireNumber("noiseMultiplier", noiseMultiplier, "must be finite and > 0", (value) => value > 0);
  requireNumber("epsilon", epsilon, "must be finite and >= 0", (value) => value >= 0);
  return deltaAt(noiseMultiplier, epsilon);
}

/**
 * The epsilon of the Gaussian mechanism at a delta, by bisection: no smaller than the exact one, and at most 1e-12 of it larger.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function gaussianEpsilon(noiseMultiplier: number, delta: number): number {
  requireNumber("noiseMultiplier", noiseMultiplier, "must be finite and > 0", (value) => value > 0);
  requireDelta(delta);
  const isEnough = (epsilon: number) => deltaAt(noiseMultiplier, epsilon) <= delta * (1 - rounding);
  if (isEnough(0)) return 0;
  let [low, high] = [0, 1];
  while (!isEnough(high)) [low, high] = [high, 2 * high];
  while (high - low > 1e-13 * high) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** What rounding does to a delta at most, relative to it. */
const rounding = 1e-12;

/** Phi(a) - e^epsilon Phi(b), a = 1 / 2z - epsilon z, b = a - 1 / z: both by their scaled tails where the difference would lose digits. */
function deltaAt(z: number, epsilon: number): number {
  const a = 1 / (2 * z) - epsilon * z;
  const b = a - 1 / z;
  const second = 0.5 * scaledErfc(-b * Math.SQRT1_2) * Math.exp(-0.5 * a * a);
  if (a > 0) return 1 - upperTail(a) - second;
  return 0.5 * scaledErfc(-a * Math.SQRT1_2) * Math.exp(-0.5 * a * a) - second;
}
