import type { Theorem } from "./theorem.js";

export const upperEnd: Theorem = {
  id: "upper-end",
  title: "Upper end of a stratified mean, for any number of draws",
  statement:
    "sum E Z_i <= sum Z_i + C l + sqrt((C l)^2 + 2 l V), sqrt(V) = sqrt(V^ + l R^2 / 2) + R sqrt(l / 2), with probability 1 - p; R = 3 C, l = log(2 / p), V^ = sum over pairs of neighbours of (Z_i - Z_{i+1})^2",
  assumptions: [
    "the Z_i are independent",
    "C was fixed before they were drawn, and none of them exceeds it",
    "E(Z_i - C given Z_i > C) <= C: beyond the ceiling the mean excess is at most the ceiling",
  ],
  explicitConstants: true,
  source:
    "docs/theory.md, 2g: Bernstein's inequality, with the variance bounded by the lower deviations of non-negative sums (Maurer, J. Inequal. Pure Appl. Math. 4, 2003)",
  status: "proved here",
  notes:
    "No normality, so it holds for two draws as for a million. The third assumption cannot be dropped: without a limit of some kind no end is valid for all laws (Bahadur, Savage, Ann. Math. Stat. 27, 1956).",
};
