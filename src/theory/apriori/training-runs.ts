import { type TrainingRun, uniformRun } from "./distributed-training.js";
import type { RunFacts } from "./measured-constants.js";
import type { RoundProbe } from "./round-fold.js";
import { measuredRound, probeSpans, roundConstants } from "./round-spans.js";
import type { TrainingConstants } from "./training-constants.js";

/** One run by three sets of constants, from the least to the most that was measured of each round. */
export interface TrainingRuns {
  /** The largest constants of the run in every round. */
  readonly largest: TrainingRun;
  /** The constants of each probed round, for the rounds that it stands for. */
  readonly eachRound: TrainingRun;
  /** What pruning and local steps change of the averaged gradient, as measured in place of bounded by L and a distance. */
  readonly changes: TrainingRun;
}

/** @param constants of these probes and facts. */
export function trainingRuns(
  probes: readonly RoundProbe[],
  facts: RunFacts,
  constants: TrainingConstants,
): TrainingRuns {
  const spans = probeSpans(probes, facts);
  const of = (constantsOf: typeof roundConstants): TrainingRun => ({
    ...constants,
    spans: spans.map(({ probe, from, to }) => ({ from, to, ...constantsOf(probe, facts) })),
  });
  return { largest: uniformRun(constants), eachRound: of(roundConstants), changes: of(measuredRound) };
}
