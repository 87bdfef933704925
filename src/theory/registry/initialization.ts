import type { Theorem } from "./theorem.js";

export const initialization: Theorem = {
  id: "initialization",
  title: "Start at the prior",
  statement:
    "KL(q_T || N(0, I)) <= 1/2 (alpha_T^2 E|X_0|^2 - d alpha_T^2 - d log sigma_T^2), about 1/2 e^-2T E|X_0|^2 in Ornstein-Uhlenbeck time",
  assumptions: ["variance preserving process: alpha^2 + sigma^2 = 1", "E|X_0|^2 finite"],
  explicitConstants: true,
  source: "docs/theory.md, 2d: KL is convex, q_T is the mixture of N(alpha_T X_0, sigma_T^2 I) over X_0",
  status: "proved here",
  notes: "For mixtures with a density at T, KL(q_T || N(0, I)) is also sampled, and the smaller upper end is used.",
};
