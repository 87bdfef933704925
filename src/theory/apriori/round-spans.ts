import type { MaskedProbe, RoundProbe } from "./round-fold.js";
import { meanSquaredStep, type RoundConstants } from "./round-terms.js";

/** A probe with the masks of its round, and the rounds from, ..., to - 1 that it stands for. */
export interface ProbeSpan {
  readonly probe: RoundProbe & { readonly masked: MaskedProbe };
  readonly from: number;
  readonly to: number;
}

/** What is needed of a run to lay its probes over its rounds. */
export interface SpanFacts {
  readonly learningRate: number;
  readonly localSteps: number;
  readonly rounds: number;
  /** Of each block of so many rounds one was drawn at random and probed, beside round 0. Absent: each probe stands for the rounds up to the next. */
  readonly blockRounds?: number | undefined;
}

/**
 * Lays the probes over all rounds of a run: each stands for the rest of the block that its round was drawn from, the first for its own round
 * alone; where nothing was drawn, for the rounds up to the next probe. Rounds before or behind a probe's block that has none belong to the
 * probe before, those before the first to the first.
 * @param probes in the order of training.
 */
export function probeSpans(probes: readonly RoundProbe[], { rounds, blockRounds }: SpanFacts): ProbeSpan[] {
  const masked = probes.flatMap(({ masked, ...probe }) => (masked ? [{ ...probe, masked }] : []));
  const from = masked.map(({ round }, index) => (index === 0 ? 0 : Math.min(rounds, blockStart(round, blockRounds))));
  return masked.map((probe, index) => ({ probe, from: from[index], to: from[index + 1] ?? rounds }));
}

/** The first round that a drawn round stands for: of block 0 it is round 1, since round 0 is measured always. */
function blockStart(round: number, blockRounds: number | undefined): number {
  if (blockRounds === undefined || round === 0) return round;
  return Math.max(1, Math.floor(round / blockRounds) * blockRounds);
}

/** What the inequality needs of a probed round, by the constants that were measured there. */
export function roundConstants(
  { smoothness, masked }: ProbeSpan["probe"],
  { learningRate, localSteps }: SpanFacts,
): RoundConstants {
  const { varianceBound, pruningBound, driftBound, heterogeneity, uncovered } = masked;
  return {
    smoothness: largestQuotient(smoothness),
    variance: varianceBound,
    pruning: pruningBound,
    drift: learningRate * learningRate * meanSquaredStep(localSteps) * driftBound,
    heterogeneity,
    uncovered,
  };
}

/** The same as it was measured, before the inequalities: of the drift its last step, whose square is taken to grow like that of the distance. */
export function measuredRound({ smoothness, masked }: ProbeSpan["probe"], { localSteps }: SpanFacts): RoundConstants {
  const { averageVariance, pruningChange, driftChange, heterogeneity, uncovered } = masked;
  return {
    smoothness: largestQuotient(smoothness),
    variance: averageVariance,
    pruning: pruningChange,
    drift: localSteps > 1 ? (driftChange * meanSquaredStep(localSteps)) / (localSteps - 1) ** 2 : 0,
    heterogeneity,
    uncovered,
  };
}

function largestQuotient(smoothness: RoundProbe["smoothness"]): number {
  return Object.values(smoothness).reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0);
}
