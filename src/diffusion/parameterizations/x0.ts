import { parameterization } from "../parameterization.js";

/** F = x_0, the clean point itself. */
export const x0 = parameterization({
  name: "x0",
  source: "Salimans and Ho 2022 (arXiv 2202.00512), section 4",
  at: ({ alpha, sigma }) => ({
    cIn: 1 / Math.sqrt(alpha * alpha + sigma * sigma),
    cSkip: 0,
    cOut: 1,
    targetData: 1,
    targetNoise: 0,
  }),
});
