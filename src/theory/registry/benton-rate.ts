import type { Theorem } from "./theorem.js";

export const bentonRate: Theorem = {
  id: "benton-rate",
  title: "d-linear rate of the exponential integrator",
  statement: "KL(q_delta || p_theta) <= C (eps_score^2 + kappa^2 d N + kappa d T + d e^-2T)",
  assumptions: [
    "E|X_0|^2 finite, covariance normalized to the identity, T >= 1",
    "h_k <= kappa min(1, T - t_{k+1}) for every step",
    "sum_k h_k E|s_theta - score|^2(X_k) <= eps_score^2",
  ],
  explicitConstants: false,
  source: "Benton et al., arXiv 2308.03686, theorem 1",
  status: "from the literature",
  notes: "Printed as rates, up to the universal constant C, beside the explicit terms of this project.",
};
