import type { Assumption } from "../bound.js";
import { gradientBound, gradientDefect, trainingConditions } from "./distributed-training.js";
import { equalClients } from "./equal-clients.js";
import { type GradientTerm, gradientTermMeanings, ofEachTerm } from "./gradient-terms.js";
import {
  type MeasuredConstant,
  type MeasuredConstants,
  measuredConstants,
  type RunFacts,
  valuesOf,
} from "./measured-constants.js";
import { probeDefect } from "./probe-defect.js";
import { requireRunKind } from "./require-run-kind.js";
import type { RoundProbe } from "./round-fold.js";
import type { RunKind } from "./run-kind.js";
import type { ConstantDefect, TrainingConstants } from "./training-constants.js";

/** The terms of the gradient bound as they were measured at one round: the quantity itself, before the inequalities; null where not measured. */
export type MeasuredTerms = Readonly<Record<GradientTerm, number | null>>;

/** A probed round and the bound's terms as they were measured there. */
export interface ProbedRound extends RoundProbe {
  readonly measured: MeasuredTerms;
}

/** The inequality on the gradients of training beside what was measured, in squared units of the training loss's gradient. */
export interface GradientReport {
  /** The bound on the mean over the rounds of |grad F(theta_q)|^2; null where a condition fails. */
  readonly value: number | null;
  readonly vacuous?: string;
  /** Mean over the probed rounds of |grad F(theta_q)|^2; null where it is not finite. */
  readonly measured: number | null;
  readonly terms: Readonly<Record<GradientTerm, ReportedTerm>>;
  readonly conditions: readonly Assumption[];
  readonly constants: MeasuredConstants;
  readonly perProbe: readonly ProbedRound[];
}

/** A term of the gradient bound beside what was measured, in the units of the report. */
export interface ReportedTerm {
  /** Not negative. Shown where a condition fails on the kind of training too; null where the constants themselves are in doubt. */
  readonly value: number | null;
  readonly measured: number | null;
  readonly meaning: string;
}

/**
 * Theorem `pruned-training`, with the constants measured along a run. What is measured and out of its range leaves the report without a value.
 * @throws ArgumentError where the config's own numbers are out of theirs, ArgumentTypeError naming what is of another kind.
 */
export function gradientReport(probes: readonly RoundProbe[], facts: RunFacts, kind: RunKind): GradientReport {
  requireRunKind(kind);
  const constants = measuredConstants(probes, facts);
  const values = valuesOf(constants);
  const trusted = [
    measurable(probeDefect(probes)),
    inRange(gradientDefect(values)),
    belowEveryLoss(constants.infimum, probes),
  ];
  const conditions: Assumption[] = [
    ...trusted,
    ...trainingConditions(values, kind),
    ...equalClients(facts, kind, probes),
    { statement: `F is ${kind.objective}`, met: true, evidence: "what the constants were measured on" },
  ];
  const bound = trusted.every(({ met }) => met) ? gradientBound(values) : null;
  const failed = conditions.find(({ met }) => !met);
  const perProbe = probes.map((probe, index) => ({
    ...probe,
    measured: measuredTerms(probe, probes[index + 1], values),
  }));
  const term = (name: GradientTerm): ReportedTerm => ({
    value: bound === null ? null : bound.terms[name].value,
    measured: mean(perProbe.flatMap(({ measured }) => measured[name] ?? [])),
    meaning: gradientTermMeanings[name],
  });
  return {
    value: bound && !failed ? bound.total : null,
    ...(failed && { vacuous: `${failed.statement}: ${failed.evidence}` }),
    measured: mean(probes.filter(({ masked }) => masked).map(({ gradientSquared }) => gradientSquared)),
    terms: ofEachTerm(term),
    conditions,
    constants,
    perProbe,
  };
}

function measurable(defect: string | null): Assumption {
  return {
    statement: "what was measured is finite, and squares are not negative",
    met: defect === null,
    evidence: defect ?? "checked on every probe",
  };
}

function inRange(defect: ConstantDefect | null): Assumption {
  return {
    statement: "every constant is one that the inequality can have",
    met: defect === null,
    evidence: defect ? `${defect.constant} ${defect.rule}, got ${defect.value}` : "checked on every constant",
  };
}

/** A lower bound of F is not above any of its values. */
function belowEveryLoss({ value: infimum, how }: MeasuredConstant, probes: readonly RoundProbe[]): Assumption {
  const least = probes.reduce((least, probe) => (probe.loss < least.loss ? probe : least));
  return {
    statement: "F* <= every measured loss",
    met: probes.every(({ loss }) => infimum <= loss),
    evidence: `F* = ${infimum.toPrecision(6)}, ${how}; least measured loss ${least.loss.toPrecision(6)}, in round ${least.round}`,
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
    optimization: next ? finite((2 * (loss - next.loss)) / (eta * T * (next.round - round))) : null,
    variance: masked && finite(2 * L * eta * masked.averageVariance),
    pruning: masked && finite(c * masked.pruningChange),
    drift: masked && finite((c * masked.driftChange) / 3),
    heterogeneity: masked && finite(c * masked.heterogeneity),
    uncovered: masked && finite(masked.uncovered),
  };
}

/** null for no values, and where the sum is not finite. */
function mean(values: readonly number[]): number | null {
  return finite(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
