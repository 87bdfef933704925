import {
  requireInteger,
  requireLength,
  requireNumber,
  requireNumbers,
  requireObject,
  requireTyped,
} from "../../errors.js";
import { checkedOracle } from "./checked-oracle.js";
import type { GradientOracle } from "./gradient-oracle.js";

/** What a client's measurement needs besides its loss. */
export interface ClientProbe {
  /** theta_q, [P]. */
  readonly parameters: ArrayLike<number>;
  /** 0 or 1 per parameter; null for a client that takes no part in the round, of which only loss and curvature are measured. */
  readonly keep: Uint8Array | null;
  readonly learningRate: number;
  /** T_l; 0 where local training is not plain SGD, so that its path is not followed. */
  readonly localSteps: number;
  /** Stochastic gradients that variance and second moment average over, at least 2. */
  readonly draws: number;
  readonly powerIterations: number;
  /** Where power iteration starts, [P], not 0. */
  readonly direction: ArrayLike<number>;
}

/** Vectors are float64 [P]; those of `round` are 0 where the mask prunes. */
export interface ClientMeasurement {
  readonly loss: number;
  /** grad F_n(theta_q). */
  readonly gradient: Float64Array;
  readonly smoothness: ClientSmoothness;
  readonly round: ClientRound | null;
}

/**
 * |grad F_n(a) - grad F_n(b)| / |a - b|, each a lower bound of L; null where a = b. Where b is nearer to a than can be measured, it is moved
 * away from a on their line: a direction that was left out could be the steepest of its kind.
 */
export interface ClientSmoothness {
  /** Largest along the directions of power iteration on the Hessian at theta_q. */
  readonly hessian: number;
  /** Between theta_q and theta_q * m. */
  readonly pruned: number | null;
  /** Between theta_q * m and where the last local step is taken. */
  readonly local: number | null;
}

/** One client's gradients at one round, in the coordinates of the whole network. */
export interface ClientRound {
  /** |theta_q - theta_q * m|^2. */
  readonly pruned: number;
  /** grad F_n(theta_q * m) - grad F_n(theta_q). */
  readonly pruning: Float64Array;
  /** grad F_n where the last local step is taken - grad F_n(theta_q * m). */
  readonly drift: Float64Array;
  /** Variance of each coordinate of a stochastic gradient at theta_q * m. */
  readonly variance: Float64Array;
  /** Mean square of a stochastic gradient at theta_q * m, and where the last local step is taken. */
  readonly secondMoment: { readonly start: number; readonly last: number };
}

/** Of a federation. */
const mostLocalSteps = 2 ** 32 - 1;

/** Stochastic gradients, or gradients of a power iteration, of one measurement. */
export const mostGradients = 2 ** 16;

/** Distance over which the Hessian is differenced, as a share of |theta|. */
const stride = 1e-2;

/** Least distance that a quotient is taken over, as a share of |theta|: over less, the rounding of float32 gradients would show. */
export const leastDistance = 1e-4;

/**
 * Measures a client at the start of a round, by following its local steps with the very draws of training.
 * @throws ArgumentError or ArgumentTypeError for a probe out of its range, and for an oracle whose answers are of other kinds or lengths.
 */
export function measureClient(given: GradientOracle, probe: ClientProbe): ClientMeasurement {
  const oracle = checkedOracle(given);
  requireProbe(probe, oracle.size);
  const theta = Float64Array.from(probe.parameters);
  const { loss, gradient } = oracle.exact(theta);
  const scale = norm(theta) || 1;
  const hessian = powerIteration(oracle, theta, gradient, scale * stride, probe);
  const { keep } = probe;
  if (!keep) return { loss, gradient, smoothness: { hessian, pruned: null, local: null }, round: null };

  const quotient = (from: Float64Array, fromGradient: Float64Array, step: Float64Array, change: Float64Array) => {
    const length = norm(step);
    if (length === 0) return null;
    const least = leastDistance * scale;
    if (length >= least) return norm(change) / length;
    const beyond = from.map((value, i) => value + (step[i] / length) * least);
    return norm(difference(oracle.exact(beyond).gradient, fromGradient)) / least;
  };
  const start = theta.map((value, i) => value * keep[i]);
  const away = difference(start, theta);
  const masked = oracle.exact(start).gradient;
  const pruningChange = difference(masked, gradient);
  const last = followLocalSteps(oracle, start, keep, probe);
  const driftChange = difference(oracle.exact(last).gradient, masked);
  const { localSteps, draws } = probe;
  const atStart = moments(oracle, start, keep, localSteps, draws);
  const atLast = localSteps > 1 ? moments(oracle, last, keep, localSteps + draws, draws) : atStart;
  return {
    loss,
    gradient,
    smoothness: {
      hessian,
      pruned: quotient(theta, gradient, away, pruningChange),
      local: quotient(start, masked, difference(last, start), driftChange),
    },
    round: {
      pruned: norm(away) ** 2,
      pruning: pruningChange.map((value, i) => value * keep[i]),
      drift: driftChange.map((value, i) => value * keep[i]),
      variance: atStart.variance,
      secondMoment: { start: atStart.secondMoment, last: atLast.secondMoment },
    },
  };
}

function requireProbe(probe: ClientProbe, size: number): void {
  const { parameters, keep, learningRate, localSteps, draws, powerIterations, direction } = requireObject(
    "probe",
    probe,
  );
  requireNumbers("parameters", parameters);
  requireLength("parameters", parameters, size);
  if (keep !== null) {
    requireTyped("keep", keep, Uint8Array);
    requireLength("keep", keep, size);
  }
  requireNumber("learningRate", learningRate, "must be finite and >= 0", (value) => value >= 0);
  requireInteger("localSteps", localSteps, 0, mostLocalSteps);
  requireInteger("draws", draws, 2, mostGradients);
  requireInteger("powerIterations", powerIterations, 1, mostGradients);
  requireNumbers("direction", direction);
  requireLength("direction", direction, size);
  requireNumber("|direction|", norm(direction), "must be finite and > 0", (value) => value > 0);
}

/** Largest |grad(theta + s v) - grad(theta)| / s over unit vectors v of the iteration v <- H v / |H v|. */
function powerIteration(
  oracle: GradientOracle,
  theta: Float64Array,
  gradient: Float64Array,
  s: number,
  { direction, powerIterations }: ClientProbe,
): number {
  let v = Float64Array.from(direction);
  let length = norm(v);
  let largest = 0;
  for (let iteration = 0; iteration < powerIterations && length > 0; iteration++) {
    const unit = length;
    const moved = theta.map((value, i) => value + (s * v[i]) / unit);
    v = difference(oracle.exact(moved).gradient, gradient).map((value) => value / s);
    length = norm(v);
    largest = Math.max(largest, length);
  }
  return largest;
}

/** Where the last of the client's local steps is taken: theta_{q,n,T_l - 1}. */
function followLocalSteps(
  oracle: GradientOracle,
  start: Float64Array,
  keep: Uint8Array,
  { learningRate, localSteps }: ClientProbe,
): Float64Array {
  const position = start.slice();
  for (let step = 0; step < localSteps - 1; step++) {
    const gradient = oracle.sample(position, step);
    for (let i = 0; i < position.length; i++) position[i] -= learningRate * keep[i] * gradient[i];
  }
  return position;
}

function moments(oracle: GradientOracle, at: Float64Array, keep: Uint8Array, first: number, draws: number) {
  const mean = new Float64Array(at.length);
  const squares = new Float64Array(at.length);
  let secondMoment = 0;
  for (let draw = 0; draw < draws; draw++) {
    const gradient = oracle.sample(at, first + draw);
    for (let i = 0; i < at.length; i++) {
      const value = keep[i] * gradient[i];
      const before = value - mean[i];
      mean[i] += before / (draw + 1);
      squares[i] += before * (value - mean[i]);
      secondMoment += (value * value) / draws;
    }
  }
  return { variance: squares.map((value) => value / (draws - 1)), secondMoment };
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]);
}

function norm(x: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  return Math.sqrt(squares);
}
