import type { SampledGaussian } from "./mechanism.js";
import { normalMass, upperTail } from "./normal.js";

/** A step of the mechanism, without how often it is taken. */
export type Step = Pick<SampledGaussian, "sampleRate" | "noiseMultiplier">;

/** Which of two neighbours the output is drawn from, P: "remove" has the unit that the other, Q, lacks; "add" lacks it. */
export type Adjacency = "remove" | "add";

/** Privacy losses of one step, rounded to multiples of a width. */
export interface StepLosses {
  /** Entry k of `mass` is of the loss (first + k) * width. */
  readonly first: number;
  readonly mass: Float64Array;
  /** Probability of a loss beyond them, which counts as infinite. */
  readonly infinite: number;
}

/** The points that losses are rounded to, and where they are cut off. */
export interface LossGrid {
  readonly width: number;
  /** Observations that a normal law exceeds with a lower probability than this are cut off. */
  readonly tail: number;
}

/** By how much rounding may move the mean of a bin, over its mass: that share goes to the upper point. */
const rounding = 1e-12;

/** Losses beyond this, whose exponential is no float64, are rounded up, and so are those whose mass under Q has lost digits. */
const [largestLoss, leastMass] = [700, 1e-290];

/**
 * The privacy losses log P(x) / Q(x) of one step under P. A loss between two points is split between them so that P and Q keep their mass in the
 * bin: a mean-preserving spread of exp(-loss), by which every hockey-stick divergence grows (arXiv 2207.04380), and with it those of
 * compositions (arXiv 2106.08567). What lies below the points is moved up to the first one.
 */
export function stepLosses(step: Step, adjacency: Adjacency, { width, tail }: LossGrid): StepLosses {
  const pair = pairOf(step, adjacency);
  const [from, to] = lossRange(step, adjacency, tail);
  const [first, last] = [Math.floor(from / width), Math.ceil(to / width)];
  const mass = new Float64Array(last - first + 1);
  const share = -Math.expm1(-width);
  const slack = Math.min(1, rounding / share);
  let low = pair.observationAt(first * width);
  mass[0] = pair.under(low);
  for (let k = first; k < last; k++) {
    const high = pair.observationAt((k + 1) * width);
    const { p, q } = pair.between(low, high);
    const loss = k * width;
    const exact = loss > largestLoss || q < leastMass ? p : (p - Math.exp(loss) * q) / share;
    const upper = Math.min(p, Math.max(0, exact) + slack * p);
    mass[k - first] += p - upper;
    mass[k - first + 1] += upper;
    low = high;
  }
  return { first, mass, infinite: pair.beyond(low) };
}

/** The least and the greatest loss of observations that are not cut off. */
export function lossRange(step: Step, adjacency: Adjacency, tail: number): readonly [number, number] {
  const reach = step.noiseMultiplier * Math.sqrt(-2 * Math.log(tail));
  const [least, most] = [lossAt(step, -reach), lossAt(step, 1 + reach)];
  return adjacency === "remove" ? [least, most] : [-most, -least];
}

/** P and Q of an adjacency, by observations that come in the order of their losses. */
interface Pair {
  observationAt(loss: number): number;
  /** Masses of P and Q between two observations. */
  between(low: number, high: number): { readonly p: number; readonly q: number };
  /** Mass of P at losses below that of an observation. */
  under(x: number): number;
  /** The same above it. */
  beyond(x: number): number;
}

/** "remove": (1 - q) N(0, z^2) + q N(1, z^2) against N(0, z^2), whose loss grows with x. "add": the other way round, whose loss falls with it. */
function pairOf(step: Step, adjacency: Adjacency): Pair {
  const { sampleRate: q, noiseMultiplier: z } = step;
  const without = (low: number, high: number) => normalMass(low / z, high / z);
  const mixed = (low: number, high: number) =>
    (1 - q) * without(low, high) + q * normalMass((low - 1) / z, (high - 1) / z);
  if (adjacency === "remove")
    return {
      observationAt: (loss) => observationAt(step, loss),
      between: (low, high) => ({ p: mixed(low, high), q: without(low, high) }),
      under: (x) => (1 - q) * upperTail(-x / z) + q * upperTail((1 - x) / z),
      beyond: (x) => (1 - q) * upperTail(x / z) + q * upperTail((x - 1) / z),
    };
  return {
    observationAt: (loss) => observationAt(step, -loss),
    between: (high, low) => ({ p: without(low, high), q: mixed(low, high) }),
    under: (x) => upperTail(x / z),
    beyond: (x) => upperTail(-x / z),
  };
}

/** Exponents beyond this are more than 1e13 times as large as what is added to them. */
const steep = 30;

/** log(1 - q + q exp((2x - 1) / 2z^2)). */
function lossAt({ sampleRate: q, noiseMultiplier: z }: Step, x: number): number {
  const exponent = (2 * x - 1) / (2 * z * z);
  if (q === 1) return exponent;
  if (exponent < steep) return Math.log1p(q * Math.expm1(exponent));
  return exponent + Math.log(q) + Math.log1p(((1 - q) / q) * Math.exp(-exponent));
}

/** The x of that loss; -inf where all losses are greater. */
function observationAt({ sampleRate: q, noiseMultiplier: z }: Step, loss: number): number {
  if (q === 1) return z * z * loss + 0.5;
  if (loss > steep) return z * z * (loss - Math.log(q) + Math.log1p((q - 1) * Math.exp(-loss))) + 0.5;
  const ratio = (Math.expm1(loss) + q) / q;
  return ratio > 0 ? z * z * Math.log(ratio) + 0.5 : Number.NEGATIVE_INFINITY;
}
