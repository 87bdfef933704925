import type { Theorem } from "./theorem.js";

export const eulerMaruyama: Theorem = {
  id: "euler-maruyama",
  title: "Certificate of Euler-Maruyama",
  statement:
    "KL(q_delta || p_theta) <= KL(q_T || N(0, I)) + 1/4 sum_k integral over step k of E|b(Y_t, t) - bhat(Y_{t_k}, t_k)|^2 dt, b = Y + 2 score the reverse drift",
  assumptions: [
    "steps of the reverse Ornstein-Uhlenbeck SDE with the whole drift held",
    "the diffusion coefficient does not change within a step: for other schedules the path laws are singular and there is no such bound",
  ],
  explicitConstants: true,
  source: "docs/theory.md, 2c: Girsanov's theorem (Chen et al., arXiv 2209.11215, section 5)",
  status: "proved here",
  notes:
    "With the exact score the integrand is J_t + (1 - 2 cosh u) J_k + E|Y_t|^2 (1 - e^-u)^2 / 4 + d (1 - e^-2u) / 4 + 2 d (cosh u - 1), u = t - t_k. On N(0, I) that is a quarter of the exponential integrator's: a drift that is held as a whole errs less than its parts.",
};
