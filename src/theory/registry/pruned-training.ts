import type { Theorem } from "./theorem.js";

export const prunedTraining: Theorem = {
  id: "pruned-training",
  title: "Gradients of distributed training with arbitrary pruning",
  statement:
    "mean_q E|grad F(theta_q)|^2 <= 2 (F(theta_0) - F*) / (eta T_l Q) + mean_q { 2 L eta V_q + (zeta_q + sqrt P_q + sqrt D_q)^2 + uncovered_q } with V_q = sum_n sigma_n^2 / Gamma_n^2, P_q = sum over the clients that prune of L_p,n^2 |theta_q - theta_q m_n|^2 / Gamma_n, D_q = eta^2 ((T_l - 1)(2 T_l - 1) / 6) sum_n L_m,n^2 G_n^2 / Gamma_n, Gamma_n the fewest clients of the round on any parameter that client n keeps",
  assumptions: [
    "each client's loss is L-smooth on what training visits, eta T_l L <= 1/2; L_p,n between theta_q and theta_q m_n, L_m,n along the client's local steps",
    "plain local SGD on masked gradients, T_l steps of every client; plain average over the clients that kept a parameter, no update left out for its value",
    "stochastic gradients are unbiased with variance at most sigma_n^2 and second moment at most G_n^2",
    "F* <= F everywhere: not above any loss that was measured",
    "Gamma* >= 1 over the covered parameters; the gradient on the others is measured",
    "rounds that were not probed have on average the constants of those that stand for them",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 3a; the setting of Zhou et al., arXiv 2310.08670, theorems 1 and 2",
  status: "proved here",
  notes:
    "A public reviewer of ICLR 2025 submission 9547 disputed how the paper's theta_0 term decays in the number of rounds. This statement has no such term: the pruning error enters with the distance |theta_q - theta_q m_n| of each round, and does not decay.",
};
