import { requireNumber } from "../errors.js";
import { requireMechanisms, type SampledGaussian } from "./mechanism.js";
import { logErfc } from "./normal.js";

/** Orders of the Renyi accountant, ascending: 1.25 to 512, close together where the best one usually lies. */
export const renyiOrders: readonly number[] = [
  ...[1.25, 1.5, 1.75],
  ...Array.from({ length: 90 }, (_, tenth) => 2 + tenth / 10),
  ...Array.from({ length: 53 }, (_, each) => 11 + each),
  ...[72, 80, 96, 112, 128, 160, 192, 256, 384, 512],
];

/**
 * Renyi divergence of some order of a mechanism's output with a unit from that without it, nats; no smaller than the other way round. Section 3.3 of
 * arXiv 1908.10530: a sum of binomial terms for integer orders, two series for the others.
 * @param order > 1.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function renyiDivergence(mechanisms: readonly SampledGaussian[], order: number): number {
  requireNumber("order", order, "must be finite and > 1", (value) => value > 1);
  return divergenceOf(requireMechanisms("mechanisms", mechanisms), order);
}

/** The same of mechanisms that are known to be in range. */
export function divergenceOf(mechanisms: readonly SampledGaussian[], order: number): number {
  return mechanisms.reduce((sum, { steps, ...each }) => sum + steps * stepDivergence(each, order), 0);
}

type Step = Omit<SampledGaussian, "steps">;

/** Divergences of one step by order, of the mechanisms that were asked for last: they are the same for any number of steps. */
const known = new Map<string, Map<number, number>>();
const mostKnown = 16;

function stepDivergence(step: Step, order: number): number {
  const ofStep = knownOf(step);
  const found = ofStep.get(order) ?? computedDivergence(step, order);
  ofStep.set(order, found);
  return found;
}

function knownOf({ sampleRate, noiseMultiplier }: Step): Map<number, number> {
  const key = `${sampleRate} ${noiseMultiplier}`;
  const found = known.get(key) ?? new Map<number, number>();
  known.delete(key);
  known.set(key, found);
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) break;
    known.delete(oldest);
  }
  return found;
}

function computedDivergence({ sampleRate: q, noiseMultiplier: z }: Step, order: number): number {
  if (q === 1) return order / (2 * z * z);
  const log = momentFor(z, order)(q, z, order);
  return Math.max(0, log) / (order - 1);
}

function momentFor(z: number, order: number): typeof logMoment {
  if (Number.isInteger(order)) return logMomentOfInteger;
  return z > seriesNoise ? chordMoment : logMoment;
}

/** log A_alpha of equation 30, alpha an integer. */
function logMomentOfInteger(q: number, z: number, alpha: number): number {
  const [logQ, logRest] = [Math.log(q), Math.log1p(-q)];
  let [logBinomial, sum] = [0, Number.NEGATIVE_INFINITY];
  for (let k = 0; k <= alpha; k++) {
    sum = logAdd(sum, logBinomial + k * logQ + (alpha - k) * logRest + (k * k - k) / (2 * z * z));
    logBinomial += Math.log((alpha - k) / (k + 1));
  }
  return sum;
}

/** log A_alpha of section 3.3, alpha no integer: the integrals below and above z_1, where the two parts of the mixture are equal. */
function logMoment(q: number, z: number, alpha: number): number {
  const [logQ, logRest] = [Math.log(q), Math.log1p(-q)];
  const equal = z * z * (logRest - logQ) + 0.5;
  const scale = Math.SQRT2 * z;
  const sums = [signedSum(), signedSum()];
  let [logBinomial, sign] = [0, 1];
  for (let i = 0; ; i++) {
    const j = alpha - i;
    const below =
      logBinomial + i * logQ + j * logRest + (i * i - i) / (2 * z * z) + logErfc((i - equal) / scale) - Math.LN2;
    const above =
      logBinomial + j * logQ + i * logRest + (j * j - j) / (2 * z * z) + logErfc((equal - j) / scale) - Math.LN2;
    sums[0].add(sign, below);
    sums[1].add(sign, above);
    // From here on the terms alternate and shrink, so that what is left out is below the last one.
    const total = logAdd(sums[0].log, sums[1].log);
    if (i > alpha && Math.max(below, above) < total - leftOut) return logAdd(total, Math.max(below, above));
    logBinomial += Math.log(Math.abs(j) / (i + 1));
    if (j < 0) sign = -sign;
  }
}

/** The chord of log A_alpha between two integers: above it, as it is convex in alpha. */
function chordMoment(q: number, z: number, alpha: number): number {
  const lower = Math.floor(alpha);
  const share = alpha - lower;
  return (1 - share) * logMomentOfInteger(q, z, lower) + share * logMomentOfInteger(q, z, lower + 1);
}

/** Noise beyond which the series of orders that are no integers, which take about z terms, give way to the chord. */
const seriesNoise = 100;

/** Terms smaller than exp(-leftOut) of the sum end a series. */
const leftOut = 42;

/** log of a sum of numbers that are given by sign and log. */
function signedSum() {
  let log = Number.NEGATIVE_INFINITY;
  return {
    get log() {
      return log;
    },
    add(sign: number, term: number) {
      if (sign > 0) log = logAdd(log, term);
      else if (term < log) log += Math.log1p(-Math.exp(term - log));
    },
  };
}

function logAdd(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}
