import type { Theorem } from "./theorem.js";

export const totalVariation: Theorem = {
  id: "total-variation",
  title: "Total variation from below by a classifier",
  statement:
    "For every function g with values in [0, 1]: TV(P, Q) >= E_P g - E_Q g. With g chosen on one part of the rows, the lower end of the difference by betting on the other part holds with probability at least 1 - a, for any number of rows",
  assumptions: ["the rows of each sample are independent draws from P and from Q", "Q did not see the rows of P"],
  explicitConstants: true,
  source: "docs/theory.md, 5c; the confidence end by betting, Waudby-Smith and Ramdas, J. R. Stat. Soc. B 86, 2024",
  status: "proved here",
  notes:
    "No upper end below 1 exists for any number of rows: rows of P and of a uniform law on many points of P look alike, and the latter is at distance 1 from every law with a density.",
};
