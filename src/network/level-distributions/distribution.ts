import { number } from "../../fields.js";

/**
 * How much more often each of some noise levels, given by their log snr, is drawn than others: not negative, not all 0. Undefined: all as often.
 * @param losses float64 [bins]: root of the mean squared loss in each bin of levels. Undefined: nothing is known of it.
 */
export type LevelDensity = (logSnr: Float64Array, losses?: Float64Array) => Float64Array | undefined;

/** Part of the draws of a distribution that are uniform. */
export const uniformShare = number(
  "[0.001, 1]",
  0.1,
  "Share of the draws that are uniform: a level that is drawn rarely weighs at most 1 / uniform times as much.",
);
