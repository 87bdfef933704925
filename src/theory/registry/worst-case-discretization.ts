import type { Theorem } from "./theorem.js";

export const worstCaseDiscretization: Theorem = {
  id: "worst-case-discretization",
  title: "Discretization without a measured curve",
  statement:
    "Ancestral: discretization <= 1/2 sum_k (R_k - R_{k-1}) M(snr_k), R_k the largest of the first k + 1 steps in snr, R_{-1} = 0, M(snr) = 1 / (1/V + snr/d), V = E|X_0 - E X_0|^2. Exponential integrator: the largest value of its sum over all non-decreasing e^{2t} J with d / (sigma^2 + alpha^2 V/d) <= J <= d / sigma^2",
  assumptions: ["E|X_0 - E X_0|^2 <= V", "nothing else about the data law"],
  explicitConstants: true,
  source:
    "docs/theory.md, 3c: mmse is non-increasing and at most the error of the best linear estimator; e^{2t} J is non-decreasing as e^t g_t is a martingale",
  status: "proved here",
  notes:
    "The left Riemann error of M itself is no bound: a law that is known exactly once the noise falls below a threshold has a curve that drops inside a step and loses more. On a fine grid the bound is 2 to 3 times that error. Linear in d when V is.",
};
