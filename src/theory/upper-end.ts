import { ArgumentError, requireNumber } from "../errors.js";

/** An upper confidence end of a mean that was estimated by a sum of independent contributions. */
export interface UpperEnd {
  /** What the end adds to the sum. */
  readonly margin: number;
  /** No contribution exceeded it. */
  readonly ceiling: number;
}

/** Ceilings start here where no pilot gives a better start. */
const smallest = 1e-300;

/**
 * The end of E sum Z_i for independent Z_i, in order, of any laws: with probability at least 1 - `errorProbability`
 *
 *     sum E Z_i <= sum Z_i + margin,
 *
 * if beyond the ceiling C that is reported the mean excess of each Z_i is at most C: E(Z_i - C given Z_i > C) <= C. Without a condition of this
 * kind no end is valid for unbounded laws (Bahadur, Savage 1956); this one holds for an exponential tail whose mean is at most C and for a power law
 * of index 2 or more that starts below C, and not for a rare event above 2 C that announces itself by nothing.
 *
 * Ceilings C_j = 2^j `start`, j = 0, 1, ..., each have 1 / ((j + 1)(j + 2)) of the error probability, so the smallest one that no Z_i exceeds
 * may be chosen after looking. Under it E Z_i <= E Z'_i with Z'_i = Z_i in [-C, C], -C below and 2 C above. Half of its probability goes to
 * Bernstein's inequality for the sum of the Z'_i; half to their variance V: neighbours give V <= E sum (Z'_i - Z'_{i+1})^2 over pairs, a sum of
 * non-negative independent numbers of at most R^2 = (3 C)^2, whose lower deviations are sub-Gaussian (Maurer 2003), so with l = log(2 / p)
 *
 *     sqrt(V) <= sqrt(V^ + l R^2 / 2) + R sqrt(l / 2),   margin = C l + sqrt((C l)^2 + 2 l V).
 *
 * `start` must not depend on the contributions. Neighbours of different means only make the end larger. docs/theory.md, 2g.
 */
export function upperEnd(contributions: Float64Array, start: number, errorProbability: number): UpperEnd {
  if (contributions.length < 2) throw new ArgumentError("contributions", "must be at least 2", contributions.length);
  requireNumber("errorProbability", errorProbability, "must lie in (0, 1)", (value) => value > 0 && value < 1);
  const largest = contributions.reduce((most, value) => Math.max(most, value), 0);
  let ceiling = Math.max(start, smallest);
  let doublings = 0;
  for (; ceiling < largest; doublings++) ceiling *= 2;
  const clipped = contributions.map((value) => Math.max(value, -ceiling));
  const lifted = clipped.reduce((sum, value, i) => sum + (value - contributions[i]), 0);
  const l = Math.log((2 * (doublings + 1) * (doublings + 2)) / errorProbability);
  const range = 3 * ceiling;
  const deviation = Math.sqrt(pairedVariance(clipped) + 0.5 * l * range * range) + range * Math.sqrt(0.5 * l);
  const linear = ceiling * l;
  return { margin: lifted + linear + Math.sqrt(linear * linear + 2 * l * deviation * deviation), ceiling };
}

/** Sum over pairs of neighbours of their squared difference; three are left at an odd end, each of whose differences counts half. */
function pairedVariance(values: Float64Array): number {
  const square = (i: number, j: number) => (values[i] - values[j]) ** 2;
  const last = values.length - 1;
  const odd = values.length % 2 === 1;
  let sum = odd ? 0.5 * (square(last, last - 1) + square(last - 1, last - 2) + square(last, last - 2)) : 0;
  for (let i = 0; i + 1 < values.length - (odd ? 3 : 0); i += 2) sum += square(i, i + 1);
  return sum;
}
