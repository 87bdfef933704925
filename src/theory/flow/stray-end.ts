import { bettingLowerEnd } from "../lower-bound/betting.js";

/** A bet below 1, so that no number, not even a 1, takes all the wealth. */
const mostBet = 0.9;

/**
 * Upper confidence end of the mean of independent numbers in [0, 1] of any law, for any number of them: one less the end from below of what they lack
 * to 1, by betting. `pilot` gives the bet, and none of the evidence; it may be empty.
 */
export function upperEndOfShares(values: Float64Array, pilot: Float64Array, errorProbability: number): number {
  // One more number that is 1 keeps the bet careful where the pilot saw none.
  const square = (1 + pilot.reduce((sum, value) => sum + value * value, 0)) / (1 + pilot.length);
  const needed = -Math.log(errorProbability);
  const bet = Math.min(mostBet, Math.sqrt((2 * needed) / (values.length * square)));
  return (
    1 -
    bettingLowerEnd(
      values.map((value) => 1 - value),
      0,
      bet,
      1 - errorProbability,
    )
  );
}
