import { ouStep } from "../ou-time.js";
import { sampler } from "../sampler.js";

/**
 * The reverse OU SDE dY = (Y + 2 score) dtau + sqrt(2) dB with the score held for one step and the linear part
 * solved exactly. With h = tau_t - tau_s and score = (alpha_t x0hat - x_t) / sigma_t^2
 *
 *     x_s = e^h x_t + 2 (e^h - 1) score + sqrt(e^{2h} - 1) z.
 *
 * Benton et al., arXiv 2308.03686, here for any variance preserving schedule by its OU time.
 */
export const exponentialIntegrator = sampler({
  name: "exponential-integrator",
  source: "Benton et al., arXiv 2308.03686 (score held in the reverse OU SDE)",
  order: 1,
  evaluations: 1,
  coefficients: (from, to) => {
    const h = ouStep(from.logSnr, to.logSnr);
    const growth = Math.expm1(h);
    const pull = (2 * growth) / (from.sigma * from.sigma);
    return { x: 1 + growth - pull, denoised: pull * from.alpha, noise: Math.sqrt(Math.expm1(2 * h)) };
  },
});
