import {
  ArgumentError,
  requireAnyNumber,
  requireInteger,
  requireNumber,
  requireObject,
  requireText,
} from "../../errors.js";
import { requireProbes } from "./require-probes.js";
import { larger, type MaskedProbe, type RoundProbe } from "./round-fold.js";
import { probeSpans, type SpanFacts } from "./round-spans.js";
import type { TrainingConstants } from "./training-constants.js";

/** A constant of the a-priori bound and where its value comes from. */
export interface MeasuredConstant {
  readonly value: number;
  readonly how: string;
}

/** What is known of a run without probing it. */
export interface RunFacts extends SpanFacts {
  /** Clients of a round. */
  readonly participants: number;
  /** Gamma*, delta^2 and mean |theta_q|^2 of all rounds: of the coverage ledger. */
  readonly coverageMin: number;
  readonly pruningNoise: number;
  readonly parameterNorm: number;
  /** Lower bound of the training loss, in its units, and where it is from. */
  readonly infimum: MeasuredConstant;
}

/** Each constant of the gradient bound as it was measured. */
export type MeasuredConstants = Readonly<Record<keyof Required<TrainingConstants>, MeasuredConstant>>;

/**
 * The constants of a run in units of its training loss: over the probes of its rounds the largest, or the mean where the bound has a mean.
 * A measured number that is NaN makes its constant NaN.
 * @throws ArgumentError for a config's number out of its range, and for probes without a start or out of order.
 */
export function measuredConstants(probes: readonly RoundProbe[], facts: RunFacts): MeasuredConstants {
  requireFacts(facts);
  requireProbes("probes", probes);
  const masked = probes.flatMap(({ masked }) => masked ?? []);
  if (masked.length === 0 || probes[0].round !== 0) {
    throw new ArgumentError("probes", "must include the start of the run, and a round with its masks", probes.length);
  }
  probes.slice(1).forEach(({ round }, index) => {
    const { round: before } = probes[index];
    if (!(round > before)) throw new ArgumentError(`probes[${index + 1}].round`, `must be after ${before}`, round);
  });
  const over = `over ${masked.length} of ${facts.rounds} rounds`;
  const most = (key: keyof MaskedProbe) => masked.reduce((value, probe) => Math.max(value, probe[key]), 0);
  const uncovered = probeSpans(probes, facts).reduce(
    (sum, { probe, from, to }) => sum + probe.masked.uncovered * ((to - from) / facts.rounds),
    0,
  );
  const spread = `largest ${over}, from the masks, of the sum over clients of`;
  const given = (value: number, how: string): MeasuredConstant => ({ value, how });
  return {
    smoothness: smoothness(probes),
    pruningSmoothness: directional(probes, "pruned", facts.pruningNoise === 0),
    driftSmoothness: directional(probes, "local", false),
    learningRate: given(facts.learningRate, "of the config"),
    localSteps: given(facts.localSteps, "of the config"),
    rounds: given(facts.rounds, "of the config"),
    clients: given(facts.participants, "participants of a round"),
    coverageMin: given(facts.coverageMin, "least over all rounds and covered parameters, from the masks"),
    inverseCoverage: given(most("inverseCoverage"), `${spread} 1 / Gamma_n`),
    inverseCoverageSquared: given(most("inverseCoverageSquared"), `${spread} 1 / Gamma_n^2`),
    prunedInverseCoverage: given(most("prunedInverseCoverage"), `${spread} 1 / Gamma_n over the clients that prune`),
    gradientVariance: given(
      most("gradientVariance"),
      `largest over clients, ${over}, of the sample variance of stochastic gradients at theta_q * m`,
    ),
    gradientSecondMoment: given(
      most("gradientSecondMoment"),
      `largest over clients, ${over}, of the mean square of stochastic gradients at theta_q * m and where the last local step is taken`,
    ),
    pruningNoise: given(facts.pruningNoise, "largest over all rounds and clients, from masks and parameters"),
    parameterNorm: given(facts.parameterNorm, "mean over all rounds"),
    heterogeneity: given(most("heterogeneity"), `largest ${over}, of gradients on the probes`),
    uncovered: given(uncovered, `mean ${over}, of gradients on the probes`),
    initialLoss: given(probes[0].loss, "on the probes, before the first round"),
    infimum: facts.infimum,
  };
}

/** What the config says must be in its range; what a run measures may be NaN or infinite, of which a report says what that means. */
function requireFacts(facts: RunFacts): void {
  const { learningRate, localSteps, rounds, participants, blockRounds, ...measured } = requireObject("facts", facts);
  requireNumber("learningRate", learningRate, "must be finite and > 0", (value) => value > 0);
  requireInteger("localSteps", localSteps, 1);
  requireInteger("rounds", rounds, 1);
  requireInteger("participants", participants, 1);
  if (blockRounds !== undefined) requireInteger("blockRounds", blockRounds, 1);
  const { coverageMin, pruningNoise, parameterNorm, infimum } = measured;
  for (const [key, value] of Object.entries({ coverageMin, pruningNoise, parameterNorm })) requireAnyNumber(key, value);
  requireConstant("infimum", infimum);
}

/** Throws unless value is a number and where it is from; the number may be NaN or infinite. */
export function requireConstant(argument: string, constant: MeasuredConstant): void {
  const { value, how } = requireObject(argument, constant);
  requireAnyNumber(`${argument}.value`, value);
  requireText(`${argument}.how`, how);
}

const smoothnessSources = {
  hessian: "power iteration on a client's Hessian at theta_q",
  pruned: "a client's gradient difference between theta_q and theta_q * m",
  local: "a client's gradient difference along its local steps",
  consecutive: "the gradient difference between two probes",
} as const;

type Source = keyof typeof smoothnessSources;

function largestOf(probes: readonly RoundProbe[], source: Source): number | null {
  return probes.reduce<number | null>((value, probe) => larger(value, probe.smoothness[source]), null);
}

/** The constant of one direction alone; L where it was not measured, or 0 where there is no such direction. */
function directional(probes: readonly RoundProbe[], source: Source, absent: boolean): MeasuredConstant {
  if (absent) return { value: 0, how: "nothing was pruned" };
  const value = largestOf(probes, source);
  if (value === null) return { value: smoothness(probes).value, how: "nothing moved at the probed rounds: L instead" };
  return { value, how: `largest seen along the run: ${smoothnessSources[source]}` };
}

function smoothness(probes: readonly RoundProbe[]): MeasuredConstant {
  const keys = Object.keys(smoothnessSources) as Source[];
  const largest = keys.map((key) => ({ source: smoothnessSources[key], value: largestOf(probes, key) ?? 0 }));
  const others = largest.map(({ source, value }) => `${source} ${value.toPrecision(4)}`).join(", ");
  return {
    value: Math.max(...largest.map(({ value }) => value)),
    how: `largest quotient seen along the run, hence local and a lower estimate: ${others}`,
  };
}

/** The numbers alone. */
export function valuesOf(constants: MeasuredConstants): TrainingConstants {
  return {
    smoothness: constants.smoothness.value,
    pruningSmoothness: constants.pruningSmoothness.value,
    driftSmoothness: constants.driftSmoothness.value,
    learningRate: constants.learningRate.value,
    localSteps: constants.localSteps.value,
    rounds: constants.rounds.value,
    clients: constants.clients.value,
    coverageMin: constants.coverageMin.value,
    inverseCoverage: constants.inverseCoverage.value,
    inverseCoverageSquared: constants.inverseCoverageSquared.value,
    prunedInverseCoverage: constants.prunedInverseCoverage.value,
    gradientVariance: constants.gradientVariance.value,
    gradientSecondMoment: constants.gradientSecondMoment.value,
    pruningNoise: constants.pruningNoise.value,
    parameterNorm: constants.parameterNorm.value,
    heterogeneity: constants.heterogeneity.value,
    uncovered: constants.uncovered.value,
    initialLoss: constants.initialLoss.value,
    infimum: constants.infimum.value,
  };
}
