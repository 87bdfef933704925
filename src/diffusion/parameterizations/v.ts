import { parameterization } from "../parameterization.js";

/** F = v = alpha eps - sigma x_0: x0hat = (alpha x - sigma F) / (alpha^2 + sigma^2). */
export const v = parameterization({
  name: "v",
  source: "Salimans and Ho 2022 (arXiv 2202.00512), appendix D",
  at: ({ alpha, sigma }) => {
    const power = alpha * alpha + sigma * sigma;
    return {
      cIn: 1 / Math.sqrt(power),
      cSkip: alpha / power,
      cOut: -sigma / power,
      targetData: -sigma,
      targetNoise: alpha,
    };
  },
});
