import { finiteResult } from "../data/finite.js";
import { levelsOf, requireGrid, type TimeGrid, validateGrid } from "../diffusion/grid.js";
import { ouStep } from "../diffusion/ou-time.js";
import { excessVariance } from "../diffusion/samplers/analytic.js";
import { excessVariances } from "../diffusion/samplers/analytic-diagonal.js";
import { type NoiseLevel, type NoiseSchedule, snrOf } from "../diffusion/schedule.js";
import { requireInteger, requireNumber, requireObject } from "../errors.js";
import { largestMonotoneSum } from "./monotone-sum.js";
import { notNegative } from "./not-negative.js";
import { spreadOf, spreadOfCoordinates } from "./wider-noise.js";

/** All that is known of the data law. */
export interface DataMoments {
  readonly dimension: number;
  /** E|X_0 - E X_0|^2 or an upper bound of it, squared data units. */
  readonly variance: number;
  /** E|X_0|^2 or an upper bound of it. */
  readonly secondMoment: number;
}

/** Throws unless the moments are those of a law: 0 <= variance <= secondMoment. */
export function requireMoments(moments: DataMoments): DataMoments {
  const { dimension, variance, secondMoment } = requireObject("moments", moments);
  requireInteger("dimension", dimension, 1);
  requireNumber("variance", variance, "must be >= 0", (value) => value >= 0);
  requireNumber("secondMoment", secondMoment, "must not be below the variance", (value) => value >= variance);
  return moments;
}

/** The error of the best linear estimator, 1 / (1 / V + snr / d), is at least the mmse of every law with E|X_0 - E X_0|^2 <= V. */
export function largestMmse(moments: DataMoments, snr: number): number {
  requireMoments(moments);
  requireNumber("snr", snr, "must be finite and >= 0", (value) => value >= 0);
  const { dimension, variance } = moments;
  return variance / (1 + (snr * variance) / dimension);
}

/**
 * Largest discretization term of the ancestral sampler over all laws with these moments, nats. With m_k = mmse(snr_k), which does not
 * increase, and D_k = snr_{k+1} - snr_k, the term is at most 1/2 sum D_k (m_k - m_{k+1}) <= 1/2 sum (R_k - R_{k-1}) m_k, R_k the largest of
 * D_0 .. D_k. The left Riemann error of `largestMmse` itself would not do: mmse may drop just behind a grid point.
 */
export function worstAncestralDiscretization(schedule: NoiseSchedule, grid: TimeGrid, moments: DataMoments): number {
  requireMoments(moments);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  const snr = levelsOf(schedule, grid).map(snrOf);
  let widest = 0;
  let total = 0;
  for (let k = 0; k + 1 < snr.length; k++) {
    const width = snr[k + 1] - snr[k];
    if (width <= widest) continue;
    total += 0.5 * (width - widest) * largestMmse(moments, snr[k]);
    widest = width;
  }
  return finiteResult("worst discretization", total);
}

/**
 * The same for steps of variance (1 + lambda) times the bridge's, lambda given: a step's term is the ancestral one
 * - 1/2 D mmse lambda / (1 + lambda) + d/2 (log(1 + lambda) - lambda / (1 + lambda)), of which the second part is at most 0.
 */
export function worstAnalyticDiscretization(schedule: NoiseSchedule, grid: TimeGrid, moments: DataMoments): number {
  return worstWiderDiscretization(schedule, grid, moments, (from, to) =>
    spreadOf(excessVariance(from, to), moments.dimension),
  );
}

/** The same with a lambda for each coordinate. */
export function worstDiagonalDiscretization(schedule: NoiseSchedule, grid: TimeGrid, moments: DataMoments): number {
  return worstWiderDiscretization(schedule, grid, moments, (from, to) =>
    spreadOfCoordinates(excessVariances(from, to, moments.dimension)),
  );
}

function worstWiderDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  moments: DataMoments,
  spreadOfStep: (from: NoiseLevel, to: NoiseLevel) => number,
): number {
  let total = worstAncestralDiscretization(schedule, grid, moments);
  const levels = levelsOf(schedule, grid);
  for (let k = 0; k + 1 < levels.length; k++) total += spreadOfStep(levels[k], levels[k + 1]);
  return finiteResult("worst discretization", total);
}

/**
 * The same for the exponential integrator: sum over steps of the integral of J_t + (1 - 2 e^-u) J_k du, u the time since the step's start.
 * G = alpha^2 J does not decrease towards the data (e^t score is a martingale), d / (1 / snr + V / d) <= G <= d snr, and 1 / alpha^2 = 1 + 1 / snr.
 */
export function worstExponentialIntegratorDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  moments: DataMoments,
): number {
  const { sum, size } = largestFisherSum(schedule, grid, moments, (h) => h + 2 * Math.expm1(-h));
  return notNegative("the worst discretization", finiteResult("worst discretization", sum), size);
}

/**
 * The same for Euler-Maruyama in Ornstein-Uhlenbeck time, whose state is held too: Stein's identity turns 1/4 E|Y_t + 2 g_t - Y_k - 2 g_k|^2 into
 * J_t + (1 - 2 cosh u) J_k + E|Y_t|^2 (1 - e^-u)^2 / 4 + d (1 - e^-2u) / 4 + 2 d (cosh u - 1).
 */
export function worstEulerMaruyamaDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  moments: DataMoments,
): number {
  const { dimension: d, secondMoment } = requireMoments(moments);
  const levels = levelsOf(schedule, grid);
  const { sum, size } = largestFisherSum(schedule, grid, moments, (h) => h - 2 * Math.sinh(h));
  let [total, summands] = [sum, size];
  for (let k = 0; k + 1 < levels.length; k++) {
    const { alpha, logSnr } = levels[k];
    const h = ouStep(logSnr, levels[k + 1].logSnr);
    const decayed = h + 2 * Math.expm1(-h) - 0.5 * Math.expm1(-2 * h);
    const grown = h - 2 * Math.expm1(h) + 0.5 * Math.expm1(2 * h);
    total += 0.25 * (d * decayed + (secondMoment - d) * alpha * alpha * grown);
    total += 0.25 * d * (h + 0.5 * Math.expm1(-2 * h)) + 2 * d * (Math.sinh(h) - h);
    summands += 4 * d * Math.sinh(h) + Math.abs(secondMoment - d) * alpha * alpha * Math.expm1(2 * h);
  }
  return notNegative("the worst discretization", finiteResult("worst discretization", total), summands);
}

/** Largest sum over steps of the integral of J_t dt + startWeight(h_k) J_k, and the size of what is added up. */
function largestFisherSum(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  moments: DataMoments,
  startWeight: (h: number) => number,
): { readonly sum: number; readonly size: number } {
  requireMoments(moments);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  const { dimension: d, variance } = moments;
  const levels = levelsOf(schedule, grid);
  const snr = levels.map(snrOf);
  const weights = new Float64Array(levels.length);
  for (let k = 0; k + 1 < levels.length; k++) {
    const [from, to] = [levels[k], levels[k + 1]];
    weights[k] += startWeight(ouStep(from.logSnr, to.logSnr)) * (1 + 1 / snr[k]);
    weights[k + 1] += 0.5 * (1 / snr[k] - 1 / snr[k + 1]);
  }
  const caps = snr.map((value) => d * value);
  let size = 0;
  for (let k = 0; k < snr.length; k++) {
    const scale = 1 + 1 / snr[k] + (k > 0 ? 1 / snr[k - 1] : 0);
    size += scale * caps[k];
  }
  return { sum: largestMonotoneSum(weights, caps, Math.min(caps[0], d / (1 / snr[0] + variance / d))), size };
}
