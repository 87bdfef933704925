import { ArgumentError } from "../../errors.js";
import type { Assumption, BoundTerm } from "../bound.js";
import { type GradientTerm, gradientTermMeanings, ofEachTerm } from "./gradient-terms.js";
import { meanSquaredStep, type RoundSpan, type RoundTerm, roundTerms } from "./round-terms.js";
import type { RunKind } from "./run-kind.js";
import { type ConstantDefect, constantDefect, type TrainingConstants } from "./training-constants.js";

/** The right-hand side: its terms, none negative, add up to `total`, a bound on the mean over rounds of E|grad F(theta_q)|^2. */
export interface GradientBound {
  readonly total: number;
  readonly terms: Readonly<Record<GradientTerm, BoundTerm>>;
}

/** A training run round by round; `spans` follow one another from round 0 to the last. */
export interface TrainingRun
  extends Pick<TrainingConstants, "learningRate" | "localSteps" | "rounds" | "initialLoss" | "infimum"> {
  readonly spans: readonly RoundSpan[];
}

/**
 * Convergence of federated training under arbitrary pruning with explicit constants (in the setting of Zhou et al., arXiv 2310.08670):
 *
 *     mean_q E|grad F|^2 <= 2 (F_0 - F*) / (eta T Q) + mean_q { 2 L eta V_q + (zeta_q + sqrt P_q + sqrt D_q)^2 + uncovered_q }.
 *
 * Theorem `pruned-training`; holds under the conditions of `trainingConditions`.
 */
export function meanGradientBound(run: TrainingRun): GradientBound {
  const { learningRate, localSteps, rounds, initialLoss, infimum } = run;
  return gradientBoundOf({
    optimization: (2 * (initialLoss - infimum)) / (learningRate * localSteps * rounds),
    ...sumOfRounds(run, ({ from, to }) => (to - from) / rounds),
  });
}

/** The terms of the rounds, each span's times its weight. */
export function sumOfRounds(
  { spans, learningRate }: TrainingRun,
  weightOf: (span: RoundSpan) => number,
): Readonly<Record<RoundTerm, number>> {
  const weighted = spans.map((span) => ({ weight: weightOf(span), terms: roundTerms(span, learningRate) }));
  const sum = (name: RoundTerm) => weighted.reduce((total, { weight, terms }) => total + weight * terms[name], 0);
  return {
    variance: sum("variance"),
    pruning: sum("pruning"),
    drift: sum("drift"),
    heterogeneity: sum("heterogeneity"),
    uncovered: sum("uncovered"),
  };
}

/** Terms with their meanings and their sum. */
export function gradientBoundOf(values: Readonly<Record<GradientTerm, number>>): GradientBound {
  return {
    total: Object.values(values).reduce((sum, value) => sum + value, 0),
    terms: ofEachTerm((name) => ({ value: values[name], upper: values[name], meaning: gradientTermMeanings[name] })),
  };
}

/**
 * The same with one set of constants for every round.
 * @throws ArgumentError naming the constant that `gradientDefect` finds.
 */
export function gradientBound(constants: TrainingConstants): GradientBound {
  const defect = gradientDefect(constants);
  if (defect) throw new ArgumentError(defect.constant, defect.rule, defect.value);
  return meanGradientBound(uniformRun(constants));
}

/** What keeps the right-hand side from being evaluated: a constant outside its range, or a term too large for a number; null where nothing does. */
export function gradientDefect(constants: TrainingConstants): ConstantDefect | null {
  return constantDefect(constants) ?? boundDefect(meanGradientBound(uniformRun(constants)));
}

/** The first term that is too large for a number, or their sum; null where none is. */
export function boundDefect({ terms, total }: GradientBound): ConstantDefect | null {
  const sizes = [...Object.entries(terms).map(([name, { value }]) => ({ name, value })), { name: "sum", value: total }];
  const infinite = sizes.find(({ value }) => !Number.isFinite(value));
  return infinite
    ? { constant: `the ${infinite.name} of the bound`, rule: "must be finite", value: infinite.value }
    : null;
}

/** A run whose every round has the same constants, where sums over its clients are not given those of N clients that share Gamma* each. */
export function uniformRun(constants: TrainingConstants): TrainingRun {
  const { smoothness: L, learningRate, localSteps, clients: N, coverageMin: Gamma } = constants;
  const { pruningSmoothness = L, driftSmoothness = L } = constants;
  const { inverseCoverage = N / Gamma, prunedInverseCoverage = inverseCoverage } = constants;
  const { inverseCoverageSquared = N / (Gamma * Gamma) } = constants;
  const moved = learningRate * learningRate * meanSquaredStep(localSteps) * constants.gradientSecondMoment;
  const span: RoundSpan = {
    from: 0,
    to: constants.rounds,
    smoothness: L,
    variance: inverseCoverageSquared * constants.gradientVariance,
    pruning: prunedInverseCoverage * pruningSmoothness ** 2 * constants.pruningNoise * constants.parameterNorm,
    drift: inverseCoverage * driftSmoothness ** 2 * moved,
    heterogeneity: constants.heterogeneity,
    uncovered: constants.uncovered,
  };
  return { ...constants, spans: [span] };
}

/** What the inequality needs, each checked on the constants and the kind of local optimizer. */
export function trainingConditions(
  constants: Pick<TrainingConstants, "smoothness" | "learningRate" | "localSteps" | "coverageMin">,
  run: Pick<RunKind, "optimizer" | "server" | "neverCovered">,
): Assumption[] {
  const step = constants.learningRate * constants.localSteps * constants.smoothness;
  return [
    {
      statement: "clients run plain SGD",
      met: run.optimizer === "sgd",
      evidence: `the local optimizer is ${run.optimizer}`,
    },
    {
      statement: "the server takes the plain average over the clients that kept a parameter",
      met: run.server === "fedavg",
      evidence: `the server optimizer is ${run.server}`,
    },
    {
      statement: "eta T_l L <= 1/2",
      met: step >= 0 && step <= 0.5,
      evidence: `eta T_l L = ${step.toPrecision(4)}, with L measured along the run`,
    },
    {
      statement: "every parameter is kept by a client in some round",
      met: run.neverCovered === 0,
      evidence: `${run.neverCovered} parameters were never covered`,
    },
    {
      statement: "Gamma* >= 1 over the covered parameters",
      met: constants.coverageMin >= 1,
      evidence: `Gamma* = ${constants.coverageMin}`,
    },
  ];
}
