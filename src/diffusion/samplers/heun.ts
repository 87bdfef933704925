import { sampler } from "../sampler.js";

/**
 * Heun's method for the probability flow in the variables x / alpha and sigma / alpha of Karras et al.: a step of `ddim`, then the mean
 * of the slopes at both of its ends. Deterministic: its certificate is a change of variables.
 */
export const heun = sampler({
  name: "heun",
  source: "Karras et al., arXiv 2206.00364, algorithm 1, without noise",
  order: 2,
  coefficients: (from, to) => ({
    x: to.sigma / from.sigma,
    denoised: -to.alpha * Math.expm1((from.logSnr - to.logSnr) / 2),
    noise: 0,
    correction: (to.alpha / 2) * Math.expm1((to.logSnr - from.logSnr) / 2),
  }),
});
