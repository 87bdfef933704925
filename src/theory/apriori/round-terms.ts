import type { GradientTerm } from "./gradient-terms.js";

/** What the inequalities need of one round: squares of the gradient of the training loss, but for L. None is negative. */
export interface RoundConstants {
  /** L of the round. */
  readonly smoothness: number;
  /** V_q: variance of the averaged stochastic gradient, of a local step. */
  readonly variance: number;
  /** P_q: square of what pruning changes of the averaged gradient. */
  readonly pruning: number;
  /** D_q: the same of the local steps, mean over them. */
  readonly drift: number;
  /** zeta_q^2. */
  readonly heterogeneity: number;
  /** Squared gradient on parameters that no client keeps. */
  readonly uncovered: number;
}

/** The terms that a round has: all but the one of the start. */
export type RoundTerm = Exclude<GradientTerm, "optimization">;

/** Constants of the rounds from, ..., to - 1. */
export interface RoundSpan extends RoundConstants {
  readonly from: number;
  readonly to: number;
}

/**
 * 2 L eta V + (zeta + sqrt P + sqrt D)^2 + uncovered, by terms that add up to it: the square is shared in proportion to the three norms.
 */
export function roundTerms(
  { smoothness, variance, pruning, drift, heterogeneity, uncovered }: RoundConstants,
  learningRate: number,
): Readonly<Record<RoundTerm, number>> {
  const norms = { pruning: Math.sqrt(pruning), drift: Math.sqrt(drift), heterogeneity: Math.sqrt(heterogeneity) };
  const gap = norms.pruning + norms.drift + norms.heterogeneity;
  return {
    variance: 2 * smoothness * learningRate * variance,
    pruning: norms.pruning * gap,
    drift: norms.drift * gap,
    heterogeneity: norms.heterogeneity * gap,
    uncovered,
  };
}

/** Mean of t^2 over the local steps t = 0, ..., T - 1: by how much the squares of their moves are more than one step's. */
export function meanSquaredStep(localSteps: number): number {
  return ((localSteps - 1) * (2 * localSteps - 1)) / 6;
}
