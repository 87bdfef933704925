import { bestBet, bettingLowerEnd } from "./betting.js";
import { addGroupMeans, type GroupSizes, moments } from "./groups.js";

/** A stake on E_P g - E_Q g for a function g, chosen on rows that play no part in the evidence. */
export interface DifferencePlan {
  readonly bet: number;
  /** What the lower end should come to. */
  readonly end: number;
}

/** The stake for values of g on rows of the comparison. @param least of g(x) - g(y). */
export function planDifference(
  onP: Float64Array,
  onQ: Float64Array,
  { groups, p, q }: GroupSizes,
  least: number,
  confidence: number,
): DifferencePlan {
  const [a, b] = [onP, onQ].map((values) => moments(values, (value) => value));
  return bestBet(a.mean - b.mean, a.variance / p + b.variance / q, least, groups, confidence);
}

/** Lower confidence end of E_P g - E_Q g, and the difference without its margin, from values of g on rows that did not choose g or the stake. */
export function differenceFromBelow(
  onP: Float64Array,
  onQ: Float64Array,
  { groups }: GroupSizes,
  { bet }: Pick<DifferencePlan, "bet">,
  least: number,
  confidence: number,
): { readonly value: number; readonly estimate: number } {
  const terms = new Float64Array(groups);
  addGroupMeans(terms, onP, (value) => value);
  addGroupMeans(terms, onQ, (value) => -value);
  return {
    value: bettingLowerEnd(terms, least, bet, confidence),
    estimate: terms.reduce((sum, term) => sum + term, 0) / groups,
  };
}
