import { sampler } from "../sampler.js";

/**
 * x_s ~ q(x_s | x_t, x_0 = x0hat): the denoiser is held for one step and the bridge is exact. With r = snr_t / snr_s
 *
 *     x_s = (alpha_s / alpha_t) r x_t + alpha_s (1 - r) x0hat + sigma_s sqrt(1 - r) z.
 *
 * Ho et al., arXiv 2006.11239, eq. 6 and 7, between any two noise levels.
 */
export const ancestral = sampler({
  name: "ancestral",
  source: "Ho et al., arXiv 2006.11239, eq. 6-7 (DDPM posterior)",
  order: 1,
  evaluations: 1,
  coefficients: (from, to) => {
    const r = Math.exp(from.logSnr - to.logSnr);
    const oneMinusR = -Math.expm1(from.logSnr - to.logSnr);
    return {
      x: (to.alpha / from.alpha) * r,
      denoised: to.alpha * oneMinusR,
      noise: to.sigma * Math.sqrt(oneMinusR),
    };
  },
});
