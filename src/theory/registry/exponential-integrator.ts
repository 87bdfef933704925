import type { Theorem } from "./theorem.js";

export const exponentialIntegrator: Theorem = {
  id: "exponential-integrator",
  title: "Certificate of the exponential integrator",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + sum_k integral over step k of E|s_theta(Y_{t_k}) - g_t|^2 dt, g_t = score of q_{T-t} at Y_t; with s_theta = the exact score the integrand is J(T-t) + (1 - 2 e^-(t-t_k)) J(T-t_k)",
  assumptions: [
    "steps of the reverse Ornstein-Uhlenbeck SDE with the score held and the linear part solved exactly",
    "E|X_0|^2 finite and early stopping at delta > 0",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2b: Girsanov's theorem (Chen et al., arXiv 2209.11215, section 5) and the martingale e^t g_t (Benton et al., arXiv 2308.03686, section 3)",
  status: "proved here",
  notes: "Score and discretization have a cross term: total <= (sqrt(score) + sqrt(discretization))^2.",
};
