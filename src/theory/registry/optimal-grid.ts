import type { Theorem } from "./theorem.js";

export const optimalGrid: Theorem = {
  id: "optimal-grid",
  title: "Grid that minimizes the certificate",
  statement:
    "With f(snr) = -d mmse / d snr, the discretization term of an N-step grid is at least (integral of sqrt(f) d(snr))^2 / (4 N) (1 + o(1)), reached where each step has the same share of integral of sqrt(f) d(snr)",
  assumptions: ["ancestral sampler", "mmse is continuously differentiable between the ends of the grid"],
  explicitConstants: true,
  source: "docs/theory.md, 2f: second order of a left Riemann sum and the Cauchy-Schwarz inequality",
  status: "proved here",
  notes:
    "The dynamic program that the code runs is exact on the points of the sampled curve; the rule is its limit for many steps. For N(0, s2 I) the grid is uniform in log(1/s2 + snr).",
};
