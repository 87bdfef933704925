import { certificateLoss } from "../../diffusion/weightings/certificate.js";
import type { Bound } from "../bound.js";
import { type GradientBound, meanGradientBound, type TrainingRun } from "./distributed-training.js";
import { ofEachTerm } from "./gradient-terms.js";
import { type LastScoreInput, lastScoreBound } from "./last-iterate.js";
import type { RoundProbe } from "./round-fold.js";
import { probeSpans, type SpanFacts } from "./round-spans.js";
import { scoreErrorBound } from "./score-error.js";
import type { TrainingRuns } from "./training-runs.js";

/** Bounds on the score term, nats: mean over the rounds, and of the network after the last. */
export interface ScoreBounds {
  readonly mean: Bound;
  readonly last: Bound;
}

/** One score by less and by more of what was measured, nats; null where a condition fails or nothing was measured. */
export interface ScoreValues {
  /** The bound with the largest constants of the run in every round. */
  readonly largest: number | null;
  /** The bound with the constants of each probed round: the one that is reported. */
  readonly eachRound: number | null;
  /** The same with the changes of the averaged gradient as measured, in place of L times a distance. */
  readonly changes: number | null;
  /** F - F_irreducible itself, on the probes. */
  readonly measured: number | null;
}

/** Both scores of a run: mean over its rounds, and of the network after the last. */
export interface ScoreComparison {
  readonly mean: ScoreValues;
  readonly last: ScoreValues;
}

/** What the bounds on the score need besides a run. */
export type ScoreContext = Omit<LastScoreInput, "run">;

/** @param run in units of its training loss; null where its constants are in doubt. */
export function scoreBounds(run: TrainingRun | null, context: ScoreContext): ScoreBounds {
  const gradient = run && inNats(meanGradientBound(run), context.dimension);
  return { mean: scoreErrorBound({ ...context, gradient }), last: lastScoreBound({ ...context, run }) };
}

/** @param bounds by the constants of each round. */
export function compareScores(
  bounds: ScoreBounds,
  runs: TrainingRuns,
  context: ScoreContext,
  probes: readonly RoundProbe[],
  facts: SpanFacts,
): ScoreComparison {
  const measured = measuredScores(probes, facts, context);
  const values = (which: keyof ScoreBounds): ScoreValues => {
    const { value } = bounds[which];
    const by = (run: TrainingRun) => (value === null ? null : scoreBounds(run, context)[which].value);
    return { largest: by(runs.largest), eachRound: value, changes: by(runs.changes), measured: measured[which] };
  };
  return { mean: values("mean"), last: values("last") };
}

function measuredScores(
  probes: readonly RoundProbe[],
  facts: SpanFacts,
  { dimension, irreducible }: ScoreContext,
): Readonly<Record<keyof ScoreBounds, number | null>> {
  const scoreOf = ({ loss }: RoundProbe) => loss * certificateLoss(1, dimension) - irreducible;
  const mean = probeSpans(probes, facts).reduce(
    (sum, { probe, from, to }) => sum + scoreOf(probe) * ((to - from) / facts.rounds),
    0,
  );
  const end = probes.find(({ round }) => round === facts.rounds);
  return { mean: finite(mean), last: end ? finite(scoreOf(end)) : null };
}

/** The bound on the gradient of F in nats: F is a multiple of the training loss. null where it is too large for a number. */
function inNats({ terms, total }: GradientBound, dimension: number): GradientBound | null {
  const factor = certificateLoss(1, dimension) ** 2;
  if (!Number.isFinite(total * factor)) return null;
  return {
    total: total * factor,
    terms: ofEachTerm((name) => {
      const { value, upper, meaning } = terms[name];
      return { value: value * factor, upper: upper * factor, meaning };
    }),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
