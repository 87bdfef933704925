import { sampler } from "../sampler.js";
import type { NoiseLevel } from "../schedule.js";

/**
 * The probability flow with x0hat on a straight line through this step's start and the last one's. With h the step in log(alpha / sigma) and
 * r h the step before
 *
 *     x_s = (sigma_s / sigma_t) x_t - alpha_s (e^-h - 1) ((1 + 1 / (2 r)) x0hat(x_t) - x0hat' / (2 r)),
 *
 * x0hat' that of the step before; the first step is one of `ddim`. Lu et al., arXiv 2211.01095, algorithm 2.
 */
export const dpmSolver2m = sampler({
  name: "dpm-solver++-2m",
  source: "Lu et al., arXiv 2211.01095, algorithm 2 (DPM-Solver++(2M))",
  order: 2,
  evaluations: 1,
  parts({ from, to, before }) {
    const held = -to.alpha * Math.expm1((from.logSnr - to.logSnr) / 2);
    const past = pastShare(from, to, before);
    const coefficients = { x: to.sigma / from.sigma, denoised: held * (1 + past), previous: -held * past, noise: 0 };
    return [{ from, to, coefficients }];
  },
});

/** 1 / (2 r): half of the step over the step before, in log snr; 0 in the first step. */
export function pastShare(from: NoiseLevel, to: NoiseLevel, before: NoiseLevel | undefined): number {
  return before ? (to.logSnr - from.logSnr) / (2 * (from.logSnr - before.logSnr)) : 0;
}
