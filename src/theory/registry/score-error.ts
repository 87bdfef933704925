import type { Theorem } from "./theorem.js";

export const scoreError: Theorem = {
  id: "score-error",
  title: "From gradients to the score term",
  statement:
    "F(theta) = 1/2 sum_k (snr_{k+1} - snr_k) E|X_0 - x0hat_theta(X_k)|^2 gives score = F(theta) - F_irreducible exactly, F_irreducible the same sum of mmse; with mu = min over rounds of |grad F_q|^2 / (2 (F_q - F_best)): mean_q score_q <= (bound on mean_q |grad F_q|^2) / (2 mu) + F_best - F_irreducible",
  assumptions: [
    "F is the loss whose gradient training follows: weights of the certificate on the sampler's own grid",
    "mu and L are those of the region that the run visits",
    "0 <= F_irreducible <= F_best; the network that is sampled is that of a round, and no moving average",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 3b; the inequality of Polyak (1963) and Lojasiewicz, measured and not assumed",
  status: "proved here",
  notes: "Speaks of a round drawn uniformly from the run, not of the last one.",
};
