import type { Theorem } from "./theorem.js";

export const dataProcessing: Theorem = {
  id: "data-processing",
  title: "Lower bound from two samples",
  statement:
    "For every function f: KL(P || Q) >= E_P f - E_Q e^f + 1. With f bounded and chosen on one part of the samples and W_i independent terms with that mean on the other: KL(P || Q) >= sup {w >= 0: prod_i (1 + lambda (W_i - w)) >= 1 / a} with probability at least 1 - a, for any number of rows",
  assumptions: [
    "the rows of each sample are independent draws from P and from Q",
    "the rows of P did not train the sampler of Q",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 4: Nguyen, Wainwright, Jordan, IEEE Trans. Inf. Theory 56, 2010; the confidence end by betting, Waudby-Smith and Ramdas, J. R. Stat. Soc. B 86, 2024",
  status: "proved here",
  notes:
    "f depends on a projection, a partition into cells, sums over coordinates or a fitted Gaussian, so the bound is at most the KL of those: data processing. Holds for finite samples, no normal approximation.",
};
