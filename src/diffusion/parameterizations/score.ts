import { parameterization } from "../parameterization.js";

/** F = score of X_t, grad log q_t(x): x0hat = (x + sigma^2 F) / alpha. */
export const score = parameterization({
  name: "score",
  source: "Song et al. 2021 (arXiv 2011.13456), eq. 7; Tweedie's formula",
  at: ({ alpha, sigma }) => ({
    cIn: 1 / Math.sqrt(alpha * alpha + sigma * sigma),
    cSkip: 1 / alpha,
    cOut: (sigma * sigma) / alpha,
    targetData: 0,
    targetNoise: -1 / sigma,
  }),
});
