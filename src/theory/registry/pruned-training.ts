import type { Theorem } from "./theorem.js";

export const prunedTraining: Theorem = {
  id: "pruned-training",
  title: "Gradients of distributed training with arbitrary pruning",
  statement:
    "mean_q E|grad F(theta_q)|^2 <= 2 (F(theta_0) - F*) / (eta T_l Q) + 2 L eta N sigma^2 / Gamma*^2 + c (N L^2 / Gamma*) (delta_p^2 mean_q |theta_q|^2 + eta^2 T_l^2 G^2 / 3) + c zeta^2 + uncovered, c = 1 for zeta = 0, else 2; where it is less, L^2 (delta_p^2 .. + eta^2 ..) is replaced by 2 (L_p^2 delta_p^2 .. + L_m^2 eta^2 ..) with the smoothness L_p between theta and theta m and L_m along the local steps",
  assumptions: [
    "each client's loss is L-smooth on what training visits, eta T_l L <= 1/2",
    "plain local SGD on masked gradients, T_l steps of every client; plain average over the clients that kept a parameter, no update left out for its value",
    "stochastic gradients are unbiased with variance at most sigma^2 and second moment at most G^2",
    "F* <= F everywhere: not above any loss that was measured",
    "Gamma* >= 1 over the covered parameters; the gradient on the others is measured",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 3a; the setting of Zhou et al., arXiv 2310.08670, theorems 1 and 2",
  status: "proved here",
  notes:
    "A public reviewer of ICLR 2025 submission 9547 disputed how the paper's theta_0 term decays in the number of rounds. This statement has no such term: the pruning error enters with the mean of |theta_q|^2 over the rounds, and does not decay.",
};
