import type { Theorem } from "./theorem.js";

export const lastIterate: Theorem = {
  id: "last-iterate",
  title: "The score term of the last network",
  statement:
    "with a_q = E F_q - F_best and e_q^2 = (zeta_q + sqrt P_q + sqrt D_q)^2 + uncovered_q of pruned-training: a_{q+1} <= (1 - eta T_l mu) a_q + (eta T_l / 2) e_q^2 + L eta^2 T_l V_q, and E score_Q = E F_Q - F_irreducible <= a_Q + F_best - F_irreducible, F in nats",
  assumptions: [
    "those of pruned-training and score-error, but for F*: the start enters with F(theta_0) - F_best",
    "eta T_l mu <= 1",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 3b; the inequality of Polyak (1963) and Lojasiewicz put into each round's descent",
  status: "proved here",
  notes: "Speaks of the network after the last round, the one that is sampled, in expectation over the run.",
};
