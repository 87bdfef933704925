import { ArgumentError, requireInteger, requireNumber } from "../../errors.js";
import { type Assumption, type Bound, type BoundTerm, summedBound, vacuousBound } from "../bound.js";
import type { GradientBound } from "./distributed-training.js";

/** The training loss and its gradient at the server's parameters of one round, all clients together. */
export interface RoundMeasurement {
  /** F_q = 1/2 sum_k (snr_{k+1} - snr_k) E|X_0 - x0hat(X_k)|^2, nats. */
  readonly loss: number;
  /** |grad F_q|^2, Euclidean over the flat parameter vector. */
  readonly squaredGradient: number;
}

export interface ScoreErrorInput {
  readonly dimension: number;
  readonly rounds: readonly RoundMeasurement[];
  /** Bound on the mean over the rounds of E|grad F|^2, its `infimum` at most that of F; null where there is none. */
  readonly gradient: GradientBound | null;
  /** `trainingConditions` of the same run. */
  readonly conditions: readonly Assumption[];
  /** F_irreducible = 1/2 sum_k (snr_{k+1} - snr_k) mmse(snr_k), or a lower bound of it; 0 always is one. Nats. */
  readonly irreducible: number;
}

export const scoreErrorName = "score, from the gradients of training";

/** Fbest: the smallest loss of the run. */
export function bestLoss(rounds: readonly RoundMeasurement[]): number {
  if (rounds.length === 0) throw new ArgumentError("rounds", "must not be empty", 0);
  return rounds.reduce((best, { loss }) => Math.min(best, loss), Number.POSITIVE_INFINITY);
}

/**
 * mu: the largest constant with |grad F_q|^2 >= 2 mu (F_q - Fbest) in every round of the run, the inequality of Polyak and Lojasiewicz as measured.
 * Infinity where no round lies above Fbest.
 */
export function polyakLojasiewicz(rounds: readonly RoundMeasurement[]): number {
  const best = bestLoss(rounds);
  let mu = Number.POSITIVE_INFINITY;
  rounds.forEach(({ loss, squaredGradient }, q) => {
    requireNumber(`rounds[${q}].loss`, loss);
    requireNumber(`rounds[${q}].squaredGradient`, squaredGradient, "must be >= 0", (value) => value >= 0);
    if (loss > best) mu = Math.min(mu, squaredGradient / (2 * (loss - best)));
  });
  return mu;
}

/**
 * Bound on the score term of the certificate, mean over the rounds, nats: (bound on the mean squared gradient) / (2 mu) + A with
 * A = Fbest - F_irreducible. Theorem `score-error`; null where a condition fails.
 * @throws ArgumentError for a dimension, a loss, a squared gradient or a term out of its range; F_irreducible is a condition.
 */
export function scoreErrorBound({ dimension, rounds, gradient, conditions, irreducible }: ScoreErrorInput): Bound {
  requireInteger("dimension", dimension, 1);
  const mu = polyakLojasiewicz(rounds);
  const best = bestLoss(rounds);
  const assumptions: Assumption[] = [
    ...conditions,
    ...curvatureConditions(rounds, irreducible),
    {
      statement: "the bound speaks of a round drawn uniformly from the run, in expectation over the run",
      met: true,
      evidence: "mean over the rounds; the last round may be worse",
    },
  ];
  if (gradient === null) return vacuousBound(scoreErrorName, "score-error", assumptions, 1);
  const terms = { ...scaledTerms(gradient, 1 / (2 * mu)), approximation: approximation(best - irreducible) };
  return summedBound({ name: scoreErrorName, theorem: "score-error", terms, assumptions, confidence: 1, dimension });
}

/** What the inequality of Polyak and Lojasiewicz and F_irreducible need of the rounds of a run. */
export function curvatureConditions(rounds: readonly RoundMeasurement[], irreducible: number): Assumption[] {
  const mu = polyakLojasiewicz(rounds);
  const best = bestLoss(rounds);
  return [
    {
      statement: "|grad F|^2 >= 2 mu (F - Fbest) with mu > 0",
      met: mu > 0,
      evidence: `mu = ${mu.toPrecision(4)}: the least over ${rounds.length} rounds, measured along the run, hence local, like L`,
    },
    {
      statement: "0 <= F_irreducible <= Fbest",
      met: irreducible >= 0 && irreducible <= best,
      evidence: `F_irreducible = ${irreducible.toPrecision(4)}, Fbest = ${best.toPrecision(4)}`,
    },
    {
      statement: "training minimizes F, the loss weighted as the certificate weights it on the sampler's grid",
      met: true,
      evidence: "F_q and its gradient are measured with these weights",
    },
  ];
}

/** Each term times a factor. */
export function scaledTerms({ terms }: GradientBound, factor: number): Record<string, BoundTerm> {
  return Object.fromEntries(
    Object.entries(terms).map(([name, { value, upper, meaning }]) => {
      requireNumber(`gradient.terms.${name}.value`, value, "must be >= 0", (number) => number >= 0);
      requireNumber(`gradient.terms.${name}.upper`, upper, "must not be below the value", (number) => number >= value);
      return [name, { value: value * factor, upper: upper * factor, meaning }];
    }),
  );
}

/** A = Fbest - F_irreducible. */
export function approximation(value: number): BoundTerm {
  return { value, upper: value, meaning: "the best network of the run is not the exact denoiser" };
}
