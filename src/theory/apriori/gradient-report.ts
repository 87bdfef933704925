import type { Assumption } from "../bound.js";
import {
  boundDefect,
  gradientDefect,
  meanGradientBound,
  type TrainingRun,
  trainingConditions,
} from "./distributed-training.js";
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
import { measuredRound, probeSpans } from "./round-spans.js";
import { type RoundTerm, roundTerms } from "./round-terms.js";
import type { RunKind } from "./run-kind.js";
import type { ConstantDefect } from "./training-constants.js";
import { trainingRuns } from "./training-runs.js";

/** The terms of the gradient bound as they were measured at one round: the quantity itself, before the inequalities; null where not measured. */
export type MeasuredTerms = Readonly<Record<GradientTerm, number | null>>;

/** A probed round and the bound's terms as they were measured there. */
export interface ProbedRound extends RoundProbe {
  readonly measured: MeasuredTerms;
}

/** The inequality on the gradients of training beside what was measured, in squared units of the training loss's gradient. */
export interface GradientReport {
  /** The bound on the mean over the rounds of |grad F(theta_q)|^2, by the constants of each round; null where a condition fails. */
  readonly value: number | null;
  /** The same with the largest constants of the run in every round. */
  readonly largest: number | null;
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
  /** By the constants of each round; not negative. Shown where a condition fails on the kind of training too; null where the constants themselves are in doubt. */
  readonly value: number | null;
  /** With the largest constants of the run in every round. */
  readonly largest: number | null;
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
  const runs = trainingRuns(probes, facts, values);
  const bound = meanGradientBound(runs.eachRound);
  const largest = meanGradientBound(runs.largest);
  const trusted = [
    measurable(probeDefect(probes)),
    inRange(gradientDefect(values) ?? boundDefect(bound)),
    belowEveryLoss(constants.infimum, probes),
  ];
  const conditions: Assumption[] = [
    ...trusted,
    ...trainingConditions(values, kind),
    ...equalClients(facts, kind, probes),
    probedRounds(probes, facts),
    { statement: `F is ${kind.objective}`, met: true, evidence: "what the constants were measured on" },
  ];
  const isTrusted = trusted.every(({ met }) => met);
  const failed = conditions.find(({ met }) => !met);
  const perProbe = probes.map((probe, index) => ({
    ...probe,
    measured: measuredTerms(probe, probes[index + 1], facts),
  }));
  const means = measuredMeans(runs.changes, probes);
  const term = (name: GradientTerm): ReportedTerm => ({
    value: isTrusted ? bound.terms[name].value : null,
    largest: isTrusted ? largest.terms[name].value : null,
    measured: means[name],
    meaning: gradientTermMeanings[name],
  });
  return {
    value: isTrusted && !failed ? bound.total : null,
    largest: isTrusted && !failed ? largest.total : null,
    ...(failed && { vacuous: `${failed.statement}: ${failed.evidence}` }),
    measured: meanSquaredGradient(probes, facts),
    terms: ofEachTerm(term),
    conditions,
    constants,
    perProbe,
  };
}

/** That the probes speak for the rounds between them. */
function probedRounds(probes: readonly RoundProbe[], facts: RunFacts): Assumption {
  const { rounds, blockRounds } = facts;
  const probed = probes.filter(({ masked }) => masked).length;
  const statement = "rounds that were not probed have on average the constants of those that stand for them";
  if (probed >= rounds) return { statement, met: true, evidence: "every round was probed" };
  const drawn =
    blockRounds === undefined
      ? "each stands for the rounds up to the next"
      : `the first, and of each ${blockRounds} rounds one drawn at random`;
  return { statement, met: true, assumed: true, evidence: `${probed} of ${rounds} rounds were probed: ${drawn}` };
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
 * what pruning and drift do to the averaged gradient. The drift is measured at the last local step, see `measuredRound`.
 */
function measuredTerms({ masked, ...probe }: RoundProbe, next: RoundProbe | undefined, facts: RunFacts): MeasuredTerms {
  const terms = masked && roundTerms(measuredRound({ ...probe, masked }, facts), facts.learningRate);
  const term = (name: RoundTerm) => terms && finite(terms[name]);
  return {
    optimization: next ? finite(decrease(probe, next, facts)) : null,
    variance: term("variance"),
    pruning: term("pruning"),
    drift: term("drift"),
    heterogeneity: term("heterogeneity"),
    uncovered: term("uncovered"),
  };
}

/** 2 (F_q - F_r) / (eta T (r - q)): what the decrease from one round to another says of the mean squared gradient between them. */
function decrease(
  from: Pick<RoundProbe, "round" | "loss">,
  to: Pick<RoundProbe, "round" | "loss">,
  { learningRate, localSteps }: Pick<RunFacts, "learningRate" | "localSteps">,
): number {
  return (2 * (from.loss - to.loss)) / (learningRate * localSteps * (to.round - from.round));
}

/** The terms as they were measured, mean over the rounds; null where not finite. */
function measuredMeans(changes: TrainingRun, probes: readonly RoundProbe[]): MeasuredTerms {
  const means = meanGradientBound(changes).terms;
  const [first, last] = [probes[0], probes[probes.length - 1]];
  return ofEachTerm((name) =>
    finite(
      name === "optimization" ? (first === last ? Number.NaN : decrease(first, last, changes)) : means[name].value,
    ),
  );
}

function meanSquaredGradient(probes: readonly RoundProbe[], facts: RunFacts): number | null {
  const spans = probeSpans(probes, facts);
  return finite(
    spans.reduce((sum, { probe, from, to }) => sum + probe.gradientSquared * ((to - from) / facts.rounds), 0),
  );
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
