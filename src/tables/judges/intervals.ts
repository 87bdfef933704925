import type { MeasuredInterval } from "./measured.js";

/** Of all intervals here. */
export const confidence = 0.95;
/** Standard normal quantile at (1 + confidence) / 2. */
export const normalReach = 1.959963984540054;

/** value +- reach, cut to [low, high]. */
export function around(value: number, reach: number, low = 0, high = 1): MeasuredInterval {
  return { low: Math.max(low, value - reach), high: Math.min(high, value + reach) };
}

/** value +- 1.96 standard errors, cut to [low, high]; null where the standard error is 0, which no sample can vouch for. */
export function normalInterval(value: number, standardError: number, low = 0, high = 1): MeasuredInterval | null {
  return standardError > 0 ? around(value, normalReach * standardError, low, high) : null;
}

/** Of a probability, of which `hits` of `trials` > 0 are seen (Wilson, J. Am. Stat. Assoc. 22, 1927); halves of hits are ties. */
export function binomialInterval(hits: number, trials: number): MeasuredInterval {
  const share = hits / trials;
  const z2 = normalReach ** 2 / trials;
  const centre = (share + z2 / 2) / (1 + z2);
  const reach = (normalReach * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials))) / (1 + z2);
  return { low: share === 0 ? 0 : Math.max(0, centre - reach), high: share === 1 ? 1 : Math.min(1, centre + reach) };
}

/**
 * How far the empirical distribution function of `rows` values may be from the law's, everywhere at once, but for `error` of the probability
 * (Dvoretzky, Kiefer, Wolfowitz with the constant of Massart, Ann. Probab. 18, 1990).
 */
export function distributionReach(rows: number, error: number): number {
  return Math.sqrt(Math.log(2 / error) / (2 * rows));
}

/**
 * How far the shares of `cells` cells among `rows` rows may be from their probabilities, in total variation, but for `error` of the probability
 * (Weissman et al., HP Labs HPL-2003-97).
 */
export function sharesReach(cells: number, rows: number, error: number): number {
  if (cells < 2) return 0;
  const logSubsets = cells * Math.LN2 + Math.log1p(-(2 ** (1 - cells)));
  return Math.sqrt((logSubsets - Math.log(error)) / (2 * rows));
}

/** The sum of both samples' reaches, each of which may fail with half of the error. */
export function bothReach(reach: (rows: number, error: number) => number, a: number, b: number): number {
  const error = (1 - confidence) / 2;
  return reach(a, error) + reach(b, error);
}
