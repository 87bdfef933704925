import { sampler } from "../sampler.js";

/**
 * The probability flow with x0hat held for one step, no noise (eta = 0):
 *
 *     x_s = (sigma_s / sigma_t) x_t + (alpha_s - alpha_t sigma_s / sigma_t) x0hat.
 *
 * Song et al., arXiv 2010.02502, eq. 12. Deterministic: its certificate is a change of variables.
 */
export const ddim = sampler({
  name: "ddim",
  source: "Song et al., arXiv 2010.02502, eq. 12 with eta = 0",
  order: 1,
  coefficients: (from, to) => ({
    x: to.sigma / from.sigma,
    denoised: -to.alpha * Math.expm1((from.logSnr - to.logSnr) / 2),
    noise: 0,
  }),
});
