import { ArgumentError } from "../../errors.js";
import { sampler } from "../sampler.js";
import type { NoiseLevel } from "../schedule.js";
import { ancestral } from "./ancestral.js";

/**
 * `ancestral` with the variance that the reverse step has on average, (1 + lambda) times that of the bridge:
 *
 *     lambda = (snr_s - snr_t) E|X_0 - x0hat(X_t)|^2 / d.
 *
 * Of all isotropic Gaussian steps around the same mean the one with the least KL of paths. Bao et al., arXiv 2201.06503, theorem 1 (exact
 * denoisers); arXiv 2206.07309, theorem 1 (the error of the denoiser in use in place of the least one).
 */
export const analytic = sampler({
  name: "analytic",
  source: "Bao et al., arXiv 2201.06503, theorem 1, with the denoiser's own error (arXiv 2206.07309)",
  order: 1,
  evaluations: 1,
  needsErrors: "mean",
  coefficients(from, to, schedule) {
    const { noise, ...mean } = ancestral.coefficients(from, to, schedule);
    return { ...mean, noise: noise * Math.sqrt(1 + excessVariance(from, to)) };
  },
});

/** lambda of a step: the variance of the reverse step beyond that of the bridge, as a share of the latter. */
export function excessVariance(from: NoiseLevel, to: NoiseLevel): number {
  return excessOf(from, to, requireError(from));
}

/** lambda of a step and a denoiser of that mean squared error: (snr_s - snr_t) times it. */
export function excessOf(from: NoiseLevel, to: NoiseLevel, error: number): number {
  return Math.exp(from.logSnr) * Math.expm1(to.logSnr - from.logSnr) * error;
}

/** @throws ArgumentError where the grid of a level has no errors. */
export function requireError({ error }: NoiseLevel): number {
  if (error !== undefined) return error;
  const rule = "must be given for a sampler whose noise follows from the denoiser's error: one number for each step";
  throw new ArgumentError("grid.errors", rule, error);
}
