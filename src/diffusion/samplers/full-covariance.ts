import type { Curvature } from "../curvature.js";
import { sampler } from "../sampler.js";
import type { NoiseLevel } from "../schedule.js";
import { ancestral } from "./ancestral.js";

/**
 * The bridge's mean with the whole covariance of the reverse step: J the Jacobian of x0hat at x_t, made symmetric, and
 *
 *     x_s = mean + sigma_s sqrt(1 - r) (I + A)^(1/2) z,   A = (snr_s - snr_t) (sigma_t^2 / alpha_t) J,
 *
 * eigenvalues of A at least -0.9. Mean and covariance of a step are exact for the exact denoiser, so Gaussian laws are sampled without error. It
 * takes d Jacobian-vector products a step: for d <= 16.
 */
export const fullCovariance = sampler({
  name: "full-covariance",
  source:
    "covariance of the reverse step by Tweedie's formula (Bao et al., arXiv 2206.07309, theorem 3; full covariances: arXiv 2605.22723)",
  order: 2,
  evaluations: (dimension) => 2 * dimension,
  coefficients: (from, to, schedule) => ({
    ...ancestral.coefficients(from, to, schedule),
    curvature: fullCurvature(from, to),
  }),
});

/** (I + A)^(1/2) of a step. */
export function fullCurvature(from: NoiseLevel, to: NoiseLevel): Curvature {
  return { kind: "root", jacobian: from.alpha * Math.expm1(to.logSnr - from.logSnr) };
}
