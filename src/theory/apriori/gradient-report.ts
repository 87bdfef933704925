import type { Assumption } from "../bound.js";
import {
  type GradientBound,
  gradientBound,
  type TrainingConstants,
  trainingConditions,
} from "./distributed-training.js";
import { type MeasuredConstants, measuredConstants, type RunFacts, valuesOf } from "./measured-constants.js";
import type { RoundProbe } from "./round-fold.js";

export type GradientTerm = keyof GradientBound["terms"];

/** The terms of the gradient bound as they were measured at one round: the quantity itself, before the inequalities; null where not measured. */
export type MeasuredTerms = Readonly<Record<GradientTerm, number | null>>;

export interface ProbedRound extends RoundProbe {
  readonly measured: MeasuredTerms;
}

/** The inequality on the gradients of training beside what was measured, in squared units of the training loss's gradient. */
export interface GradientReport {
  /** The bound on the mean over the rounds of |grad F(theta_q)|^2; null where a condition fails, though its terms are still shown. */
  readonly value: number | null;
  readonly vacuous?: string;
  /** Mean over the probed rounds of |grad F(theta_q)|^2. */
  readonly measured: number;
  readonly terms: Readonly<
    Record<GradientTerm, { readonly value: number; readonly measured: number | null; readonly meaning: string }>
  >;
  readonly conditions: readonly Assumption[];
  readonly constants: MeasuredConstants;
  readonly perProbe: readonly ProbedRound[];
}

/** What decides whether the inequality speaks of a run. */
export interface RunKind {
  /** The local optimizer: "sgd" where it is plain SGD, else what it is. */
  readonly optimizer: string;
  /** The server's rule: "fedavg" where it is the plain average, else what it is. */
  readonly server: string;
  /** Parameters that no client kept in any round. */
  readonly neverCovered: number;
  /** What F is the mean of: said beside the numbers. */
  readonly objective: string;
}

/** Theorem `pruned-training`, with the constants measured along a run. */
export function gradientReport(probes: readonly RoundProbe[], facts: RunFacts, kind: RunKind): GradientReport {
  const constants = measuredConstants(probes, facts);
  const values = valuesOf(constants);
  const bound = gradientBound(values);
  const conditions: Assumption[] = [
    ...trainingConditions(values, kind),
    { statement: `F is ${kind.objective}`, met: true, evidence: "what the constants were measured on" },
  ];
  const failed = conditions.find(({ met }) => !met);
  const perProbe = probes.map((probe, index) => ({
    ...probe,
    measured: measuredTerms(probe, probes[index + 1], values),
  }));
  const term = (name: GradientTerm) => {
    const seen = perProbe.flatMap(({ measured }) => measured[name] ?? []);
    const measured = seen.length > 0 ? mean(seen) : null;
    return { value: bound.terms[name].value, measured, meaning: bound.terms[name].meaning };
  };
  return {
    value: failed ? null : bound.total,
    ...(failed && { vacuous: `${failed.statement}: ${failed.evidence}` }),
    measured: mean(probes.filter(({ masked }) => masked).map(({ gradientSquared }) => gradientSquared)),
    terms: {
      optimization: term("optimization"),
      variance: term("variance"),
      pruning: term("pruning"),
      drift: term("drift"),
      heterogeneity: term("heterogeneity"),
      uncovered: term("uncovered"),
    },
    conditions,
    constants,
    perProbe,
  };
}

/**
 * Each term before the inequalities that make it a constant: the loss's decrease up to the next probe, the variance of the averaged gradient,
 * what pruning and drift do to the averaged gradient. The drift is measured at the last local step: a third of its square is its mean over
 * the steps where it grows linearly.
 */
function measuredTerms(
  { round, loss, masked }: RoundProbe,
  next: RoundProbe | undefined,
  { smoothness: L, learningRate: eta, localSteps: T, heterogeneity }: TrainingConstants,
): MeasuredTerms {
  const c = heterogeneity === 0 ? 1 : 2;
  return {
    optimization: next ? (2 * (loss - next.loss)) / (eta * T * (next.round - round)) : null,
    variance: masked && 2 * L * eta * masked.averageVariance,
    pruning: masked && c * masked.pruningChange,
    drift: masked && (c * masked.driftChange) / 3,
    heterogeneity: masked && c * masked.heterogeneity,
    uncovered: masked === null ? null : masked.uncovered,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
