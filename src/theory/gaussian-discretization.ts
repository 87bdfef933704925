import { finiteResult } from "../data/finite.js";
import { levelsOf, type TimeGrid } from "../diffusion/grid.js";
import { ouStep } from "../diffusion/ou-time.js";
import { excessVariance } from "../diffusion/samplers/analytic.js";
import type { NoiseLevel, NoiseSchedule } from "../diffusion/schedule.js";
import { notNegative } from "./not-negative.js";

/**
 * The discretization term of a target N(mean, C) in closed form, nats; `variances` are the eigenvalues of C. Ancestral sampler: by
 * I-MMSE, 1/2 sum over steps and eigenvalues of (snr_s - snr_t) v / (1 + snr_t v) - log((1 + snr_s v) / (1 + snr_t v)).
 */
export function gaussianAncestralDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  variances: ArrayLike<number>,
): number {
  return sumOverSteps(schedule, grid, variances, (from, to, variance) => {
    const gain = Math.expm1(to.logSnr - from.logSnr) * shareOf(from, variance);
    return notNegative("the discretization of a step", 0.5 * (gain - Math.log1p(gain)), gain);
  });
}

/**
 * The same for steps of variance (1 + lambda) times the bridge's: with g = (snr_s - snr_t) v / (1 + snr_t v) in place of lambda nothing is left,
 * so it is 1/2 sum over steps and eigenvalues of log((1 + lambda) / (1 + g)) + (g - lambda) / (1 + lambda).
 */
export function gaussianAnalyticDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  variances: ArrayLike<number>,
): number {
  return sumOverSteps(schedule, grid, variances, (from, to, variance) => {
    const gain = Math.expm1(to.logSnr - from.logSnr) * shareOf(from, variance);
    const lambda = excessVariance(from, to);
    const ratio = (gain - lambda) / (1 + lambda);
    return notNegative("the discretization of a step", 0.5 * (ratio - Math.log1p(ratio)), Math.abs(ratio));
  });
}

/** snr v / (1 + snr v), whatever the size of snr v. */
function shareOf({ logSnr }: NoiseLevel, variance: number): number {
  return variance / (Math.exp(-logSnr) + variance);
}

/**
 * The same for the exponential integrator: the integral over each step of J(t) + (1 - 2 e^{-(t - t_k)}) J(t_k) dt in OU time, with the Fisher
 * information J = sum 1 / (1 + c e^{-2 tau}), c = v - 1 (Benton et al., arXiv 2308.03686: e^t times the score is a martingale).
 */
export function gaussianExponentialIntegratorDiscretization(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  variances: ArrayLike<number>,
): number {
  return sumOverSteps(schedule, grid, variances, (from, to, variance) => {
    const h = ouStep(from.logSnr, to.logSnr);
    const marginal = (level: NoiseLevel) => level.alpha ** 2 * variance + level.sigma ** 2;
    const fisher = 1 / marginal(from);
    // e^{2 tau} + c = e^{2 tau} (marginal variance), so the integral of J is h + log(marginal ratio) / 2.
    const integral = h + 0.5 * Math.log(marginal(from) / marginal(to));
    const start = fisher * (h + 2 * Math.expm1(-h));
    return notNegative(
      "the discretization of a step",
      integral + start,
      h + Math.abs(Math.log(marginal(from))) + Math.abs(start) + 1,
    );
  });
}

function sumOverSteps(
  schedule: NoiseSchedule,
  grid: TimeGrid,
  variances: ArrayLike<number>,
  cost: (from: NoiseLevel, to: NoiseLevel, variance: number) => number,
): number {
  const levels = levelsOf(schedule, grid);
  let total = 0;
  for (let k = 0; k + 1 < levels.length; k++) {
    for (let j = 0; j < variances.length; j++) total += cost(levels[k], levels[k + 1], variances[j]);
  }
  return finiteResult("discretization", total);
}
