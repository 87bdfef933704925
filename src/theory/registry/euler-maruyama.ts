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
  notes: "Holding the state as well as the score costs more than the exponential integrator pays on the same grid.",
};
