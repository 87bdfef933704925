import { requireInteger, requireNumber } from "../../errors.js";
import { regularizedBeta } from "../student.js";

/**
 * Upper confidence end of a probability of which `hits` of `trials` independent trials are seen: the p with P(Bin(trials, p) <= hits) =
 * `errorProbability`, exact for every number of trials (Clopper, Pearson, Biometrika 26, 1934).
 */
export function binomialUpperEnd(hits: number, trials: number, errorProbability: number): number {
  requireInteger("trials", trials, 1);
  requireInteger("hits", hits, 0, trials);
  requireNumber("errorProbability", errorProbability, "must lie in (0, 1)", (value) => value > 0 && value < 1);
  if (hits === trials) return 1;
  let [low, high] = [hits / trials, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (regularizedBeta(1 - middle, trials - hits, hits + 1) > errorProbability) low = middle;
    else high = middle;
  }
  return high;
}
