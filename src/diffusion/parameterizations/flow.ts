import { parameterization } from "../parameterization.js";

/** F = eps - x_0, the velocity of straight lines from data to noise: x0hat = (x - sigma F) / (alpha + sigma). */
export const flow = parameterization({
  name: "flow",
  source: "Lipman et al. 2023 (arXiv 2210.02747), eq. 22 and 23; Liu et al. (arXiv 2209.03003), eq. 1",
  at: ({ alpha, sigma }) => ({
    cIn: 1 / Math.sqrt(alpha * alpha + sigma * sigma),
    cSkip: 1 / (alpha + sigma),
    cOut: -sigma / (alpha + sigma),
    targetData: -1,
    targetNoise: 1,
  }),
});
