import { requireInteger } from "../errors.js";
import { transform } from "./fft.js";
import { requireDelta, requireMechanisms, type SampledGaussian } from "./mechanism.js";
import { divergenceOf, renyiOrders } from "./renyi.js";
import { renyiEpsilon } from "./renyi-epsilon.js";
import { type Adjacency, lossRange, type StepLosses, stepLosses } from "./step-losses.js";

/** Points of the composed losses: with them epsilon is within 1e-5 of itself in the settings of training. */
export const defaultGridPoints = 2 ** 16;

/**
 * An epsilon with which the mechanisms together are (epsilon, delta)-private, from the distribution of their privacy loss: no smaller than the exact one for any
 * number of points, and close to it for many. Losses are composed by the fast Fourier transform (arXiv 1906.03049) under an
 * exponential tilt, which makes its rounding small beside delta (arXiv 2106.02848 bounds what it is otherwise), for both adjacencies.
 * @param points of the composed losses, a power of two from 16.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function lossEpsilon(
  mechanisms: readonly SampledGaussian[],
  delta: number,
  points: number = defaultGridPoints,
): number {
  const some = requireMechanisms("mechanisms", mechanisms);
  requireDelta(delta);
  requireInteger("points", points, 16, 2 ** 24);
  if (some.length === 0) return 0;
  const window = windowOf(some, delta, 2 ** Math.ceil(Math.log2(points)));
  return Math.max(epsilonOfPair(some, "remove", window), epsilonOfPair(some, "add", window));
}

/** Where the composed losses are looked at: [0, points * width), below which no epsilon lies and above which almost no loss does. */
interface Window {
  readonly delta: number;
  readonly points: number;
  readonly width: number;
  /** Of the losses of a step: see LossGrid. */
  readonly tail: number;
  /** Losses are weighted with exp(tilt * loss) while they are composed. */
  readonly tilt: number;
  /** The greater tilt at which Chernoff's bound says how few losses lie above the window. */
  readonly steeper: number;
}

/** Share of delta that may be lost to what is cut off. */
const spared = 1e-9;

/**
 * The tilt is that of Chernoff's bound, which is the best order of Renyi's less one. Losses of the sum that lie beyond the window come back at its other end,
 * where they would be too small: so it ends where Chernoff's bound says that few do. Losses below 0 come back too large, weighted with exp(-tilt * its length).
 */
function windowOf(mechanisms: readonly SampledGaussian[], delta: number, points: number): Window {
  const tilt = renyiEpsilon(mechanisms, delta).order - 1;
  const allowed = Math.log(1 / (spared * delta));
  const orders = [...renyiOrders.filter((order) => order > tilt + 1), 2 * Math.ceil(tilt + 1)];
  const ends = orders.map((order) => {
    const steeper = order - 1;
    return { steeper, end: divergenceOf(mechanisms, order) + allowed / steeper };
  });
  const { steeper, end } = ends.reduce((least, each) => (each.end < least.end ? each : least));
  const steps = mechanisms.reduce((sum, each) => sum + each.steps, 0);
  const length = Math.max(allowed / tilt, end);
  return { delta, points, width: length / points, tail: Math.min(0.01, (spared * delta) / steps), tilt, steeper };
}

function epsilonOfPair(mechanisms: readonly SampledGaussian[], adjacency: Adjacency, window: Window): number {
  const { delta, points, tail } = window;
  const widest = mechanisms.reduce((most, step) => {
    const [from, to] = lossRange(step, adjacency, tail);
    return Math.max(most, to - from);
  }, 0);
  // Where a step reaches much further than the window is fine, a coarser grid keeps its bins few.
  const width = Math.max(window.width, widest / (mostBins * points));
  const losses = mechanisms.map((step) => stepLosses(step, adjacency, { width, tail }));
  const composed = compose(mechanisms, losses, { ...window, width });
  return epsilonAt(composed, delta);
}

/** Bins of a step, over the points of the window. */
const mostBins = 4;

/** The tilted law of the sum of all losses. */
interface Composed {
  readonly width: number;
  readonly tilt: number;
  /** Entry k is of the loss k * width, weighted with exp(tilt * loss - logMoment). */
  readonly weights: Float64Array;
  readonly logMoment: number;
  /** Most that rounding has changed an entry. */
  readonly rounding: number;
  /** Probability that counts as an infinite loss. */
  readonly infinite: number;
}

function compose(mechanisms: readonly SampledGaussian[], losses: readonly StepLosses[], window: Window): Composed {
  const { points, width, tilt, steeper } = window;
  const product = { real: new Float64Array(points).fill(1), imaginary: new Float64Array(points) };
  let [logMoment, steps, infinite] = [0, 0, 0];
  for (const [index, each] of losses.entries()) {
    const count = mechanisms[index].steps;
    const { folded, log } = tilted(each, window);
    transform(folded);
    multiplyByPower(product, folded, count);
    logMoment += count * log;
    steps += count;
    infinite += count * each.infinite;
  }
  transform(product, true);
  const weights = product.real.map((value) => Math.max(0, value) / points);
  const logSteeper = losses.reduce(
    (sum, each, index) => sum + mechanisms[index].steps * logMomentOf(each, steeper, width),
    -steeper * points * width,
  );
  return {
    ...{ width, tilt, weights },
    // A relative error of each mass, to the power of the steps.
    logMoment: logMoment + steps * massError,
    rounding: Number.EPSILON * (steps + 2) * (4 + Math.log2(points)) * Math.sqrt(squares(weights)),
    infinite: infinite + Math.exp(Math.min(0, logSteeper)),
  };
}

/** Relative error of the masses of bins. */
const massError = 1e-13;

/** The masses times exp(tilt * loss), scaled to the sum 1 and wound around the window; with the log of what they were divided by. */
function tilted({ first, mass }: StepLosses, { points, width, tilt }: Window) {
  const log = logMomentOf({ first, mass }, tilt, width);
  const real = new Float64Array(points);
  for (let k = 0; k < mass.length; k++) {
    const at = (first + k) % points;
    if (mass[k] > 0) real[at < 0 ? at + points : at] += Math.exp(Math.log(mass[k]) + tilt * (first + k) * width - log);
  }
  return { folded: { real, imaginary: new Float64Array(points) }, log };
}

/** log of the sum of mass * exp(tilt * loss). */
function logMomentOf({ first, mass }: Pick<StepLosses, "first" | "mass">, tilt: number, width: number): number {
  let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < mass.length; k++) {
    if (mass[k] <= 0) continue;
    const term = Math.log(mass[k]) + tilt * (first + k) * width;
    if (term > largest) {
      sum = sum * Math.exp(largest - term) + 1;
      largest = term;
    } else sum += Math.exp(term - largest);
  }
  return largest + Math.log(sum);
}

/** product *= factor^power, entry by entry. */
function multiplyByPower(product: Spectrum, factor: Spectrum, power: number): void {
  for (let k = 0; k < product.real.length; k++) {
    const size = Math.hypot(factor.real[k], factor.imaginary[k]) ** power;
    const angle = Math.atan2(factor.imaginary[k], factor.real[k]) * power;
    const [re, im] = [size * Math.cos(angle), size * Math.sin(angle)];
    const before = product.real[k];
    product.real[k] = before * re - product.imaginary[k] * im;
    product.imaginary[k] = before * im + product.imaginary[k] * re;
  }
}

type Spectrum = Parameters<typeof transform>[0];

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/**
 * The least epsilon >= 0 whose delta, the sum of (1 - exp(epsilon - loss)) P(loss) over losses above it, is not above the one that is wanted: going down from the largest
 * loss; between two losses it is a - exp(epsilon) b. Both are kept as they are at the loss that was reached, since exp(loss) may be no float64.
 */
function epsilonAt({ width, tilt, weights, logMoment, rounding, infinite }: Composed, delta: number): number {
  const left = delta - infinite;
  if (left <= 0) return Number.POSITIVE_INFINITY;
  // Rounded down: a smaller b is a larger delta.
  const down = Math.exp(-width) * (1 - 2 * Number.EPSILON);
  let [a, b] = [0, 0];
  for (let k = weights.length - 1; k >= 0; k--) {
    const loss = k * width;
    b *= down;
    // Below this loss and above it, delta is a - exp(epsilon - loss) b; at it, the first epsilon from above that is too much.
    if (a - b > left) return loss + Math.min(width, Math.log((a - left) / b));
    const probability = Math.min(1, (weights[k] + rounding) * Math.exp(logMoment - tilt * loss));
    a += probability;
    b += probability;
  }
  return 0;
}
