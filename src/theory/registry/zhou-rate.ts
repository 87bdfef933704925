import type { Theorem } from "./theorem.js";

export const zhouRate: Theorem = {
  id: "zhou-rate",
  title: "Rate of federated training with heterogeneous submodels",
  statement:
    "With eta of order 1 / sqrt(T_l Q): mean_q E|grad F(theta_q)|^2 = O(1 / sqrt(T_l Q)) + O((1 / Gamma*) delta^2 mean_q E|theta_q|^2), plus a heterogeneity term for non-IID data",
  assumptions: ["L-smooth losses", "bounded pruning noise", "bounded stochastic gradients", "Gamma* >= 1"],
  explicitConstants: false,
  source: "Zhou et al., arXiv 2310.08670, theorems 1 and 2",
  status: "from the literature",
  notes: "The theorem pruned-training is the same shape with every constant explicit.",
};
