import { requireNumber } from "../../errors.js";
import { requireConfidence } from "../confidence.js";

/**
 * Lower confidence end of the common mean w of independent numbers that are all >= `least`: the largest t >= 0 with
 *
 *     prod_i (1 + bet (values[i] - t)) >= 1 / (1 - confidence),
 *
 * 0 where there is none. At t = w the product has mean 1, so by Markov's inequality the end exceeds w (or 0) with probability at most
 * 1 - confidence, for any number of values and any law of them (Waudby-Smith and Ramdas 2024). `bet` > 0 must not depend on the values; it
 * also caps the end at least + 1 / bet, where a factor could turn negative.
 */
export function bettingLowerEnd(values: Float64Array, least: number, bet: number, confidence: number): number {
  requireNumber("bet", bet, "must be > 0", (value) => value > 0);
  requireConfidence(confidence, 0);
  const needed = -Math.log1p(-confidence);
  const wealth = (t: number) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += Math.log1p(bet * (values[i] - t));
    return sum;
  };
  let high = least + 1 / bet;
  if (!(high > 0 && wealth(0) >= needed)) return 0;
  let low = 0;
  for (let i = 0; i < 60 && high - low > 1e-12; i++) {
    const middle = (low + high) / 2;
    if (wealth(middle) >= needed) low = middle;
    else high = middle;
  }
  return low;
}

/** The bet that should give the largest end on `count` numbers of this mean and variance, and that end: mean - needed / (count bet) - bet variance / 2. */
export function bestBet(
  mean: number,
  variance: number,
  least: number,
  count: number,
  confidence: number,
): { readonly bet: number; readonly end: number } {
  const needed = -Math.log1p(-confidence);
  // Half of what is allowed keeps every factor above 1/2 at the mean.
  const most = 0.5 / (Math.max(mean, 0) - least);
  const bet = Math.min(Math.sqrt((2 * needed) / (count * variance)), most);
  return { bet, end: mean - needed / (count * bet) - (bet * variance) / 2 };
}
