import { parameterization } from "../parameterization.js";

/** F = eps, the noise: x0hat = (x - sigma F) / alpha. */
export const eps = parameterization({
  name: "eps",
  source: "Ho et al. 2020 (arXiv 2006.11239), eq. 11",
  at: ({ alpha, sigma }) => ({
    cIn: 1 / Math.sqrt(alpha * alpha + sigma * sigma),
    cSkip: 1 / alpha,
    cOut: -sigma / alpha,
    targetData: 0,
    targetNoise: 1,
  }),
});
