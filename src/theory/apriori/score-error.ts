import { ArgumentError, requireNumber } from "../../errors.js";
import { type Assumption, type Bound, type BoundTerm, bitsPerDimension, vacuousBound } from "../bound.js";
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
  /** Bound on the mean over the rounds of E|grad F|^2, its `infimum` at most that of F. */
  readonly gradient: GradientBound;
  /** `trainingConditions` of the same run. */
  readonly conditions: readonly Assumption[];
  /** F_irreducible = 1/2 sum_k (snr_{k+1} - snr_k) mmse(snr_k), or a lower bound of it; 0 always is one. Nats. */
  readonly irreducible: number;
}

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
 */
export function scoreErrorBound({ dimension, rounds, gradient, conditions, irreducible }: ScoreErrorInput): Bound {
  requireNumber("irreducible", irreducible, "must be >= 0", (value) => value >= 0);
  requireNumber("gradient.total", gradient.total, "must be >= 0", (value) => value >= 0);
  const name = "score, from the gradients of training";
  const best = bestLoss(rounds);
  const mu = polyakLojasiewicz(rounds);
  const assumptions: Assumption[] = [
    ...conditions,
    {
      statement: "|grad F|^2 >= 2 mu (F - Fbest) with mu > 0",
      met: mu > 0,
      evidence: `mu = ${mu.toPrecision(4)}: the least over ${rounds.length} rounds, measured along the run, hence local, like L`,
    },
    {
      statement: "F_irreducible <= Fbest",
      met: irreducible <= best,
      evidence: `F_irreducible = ${irreducible.toPrecision(4)}, Fbest = ${best.toPrecision(4)}`,
    },
    {
      statement: "training minimizes F, the loss weighted as the certificate weights it on the sampler's grid",
      met: true,
      evidence: "F_q and its gradient are measured with these weights",
    },
    {
      statement: "the bound speaks of a round drawn uniformly from the run, in expectation over the run",
      met: true,
      evidence: "mean over the rounds; the last round may be worse",
    },
  ];
  if (assumptions.some(({ met }) => !met)) return vacuousBound(name, "score-error", assumptions, 1);
  const terms: Record<string, BoundTerm> = {};
  let value = 0;
  for (const [key, term] of Object.entries({ ...gradient.terms, approximation: approximation(best - irreducible) })) {
    const scale = key === "approximation" ? 1 : 1 / (2 * mu);
    terms[key] = { value: term.value * scale, upper: term.upper * scale, meaning: term.meaning };
    value += term.value * scale;
  }
  return {
    name,
    theorem: "score-error",
    value,
    upper: value,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(value, dimension),
    confidence: 1,
    terms,
    assumptions,
    interval: null,
    samples: 0,
  };
}

function approximation(value: number): BoundTerm {
  return { value, upper: value, meaning: "the best network of the run is not the exact denoiser" };
}
