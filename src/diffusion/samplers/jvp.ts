import type { Curvature } from "../curvature.js";
import { sampler } from "../sampler.js";
import type { NoiseLevel } from "../schedule.js";
import { excessVariance } from "./analytic.js";
import { ancestral } from "./ancestral.js";

/**
 * The bridge's mean with noise whose covariance follows the data: with lambda as in `analytic`, J the Jacobian of x0hat at x_t and
 * A = (snr_s - snr_t) (sigma_t^2 / alpha_t) J, the covariance of X_s given x_t beyond the bridge's where the denoiser is exact,
 *
 *     x_s = mean + sigma_s sqrt(1 - r) sqrt(1 + lambda) B z,   B = I + (A - lambda I) / (2 (1 + lambda)).
 *
 * B is the first-order root of (I + A) / (1 + lambda) about I, so A z is all that is needed: one Jacobian-vector product. With the exact
 * denoiser its path KL is never above that of `analytic`, and falls like N^-2 (docs/theory.md, 2k).
 */
export const jvp = sampler({
  name: "jvp",
  source:
    "docs/theory.md, 2k; covariance of the reverse step by Tweedie's formula (Bao et al., arXiv 2206.07309, theorem 3), rooted to first order",
  order: 2,
  evaluations: 2,
  needsErrors: "mean",
  coefficients(from, to, schedule) {
    const { noise, ...mean } = ancestral.coefficients(from, to, schedule);
    return { ...mean, noise: noise * Math.sqrt(1 + excessVariance(from, to)), curvature: jvpCurvature(from, to) };
  },
});

/** B of a step; (snr_s - snr_t) sigma_t^2 / alpha_t = alpha_t (e^(log snr_s - log snr_t) - 1). */
export function jvpCurvature(from: NoiseLevel, to: NoiseLevel): Curvature {
  const lambda = excessVariance(from, to);
  const half = 0.5 / (1 + lambda);
  return {
    kind: "linear",
    identity: 1 - half * lambda,
    jacobian: half * from.alpha * Math.expm1(to.logSnr - from.logSnr),
  };
}
