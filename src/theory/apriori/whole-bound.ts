import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError, requireNumber } from "../../errors.js";
import { type Assumption, type Bound, type BoundTerm, summedBound, vacuousBound } from "../bound.js";
import { requirePathCost } from "../certificate/certificate.js";
import { initializationBound } from "../initialization.js";
import type { DataMoments } from "../worst-case-discretization.js";

export interface WholeBoundInput {
  readonly sampler: SamplerName;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly moments: DataMoments;
  /** Bound on the score term, of `scoreErrorBound` or `lastScoreBound` on the same grid. */
  readonly score: Bound;
  /** What the score is of, as the bound's name has it. Absent: the mean over the rounds. */
  readonly network?: "last network" | undefined;
}

/**
 * The a-priori bound on KL(q_delta || p_theta) of the networks that the score is of, nats: initialization + score + discretization, the last for the worst
 * data law with the given moments. Theorem `whole-bound`. Where the score term is vacuous the value is null and the other terms still stand.
 * Throws FEDSCORE_UNSUPPORTED, with the reason, for a sampler without a path KL.
 */
export function wholeBound({ sampler, schedule, grid, moments, score, network }: WholeBoundInput): Bound {
  const { worstDiscretization, crossed } = requirePathCost(sampler, schedule);
  if (!worstDiscretization) {
    const message = `sampler ${sampler} has no a-priori bound: its noise follows the Jacobian of the denoiser, on which training sets no bound`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler });
  }
  const name = `a-priori bound (${sampler})${network === undefined ? "" : `, ${network}`}`;
  const [level] = levelsOf(schedule, grid);
  const discretization = worstDiscretization(schedule, grid, moments);
  const terms: Record<string, BoundTerm> = {
    initialization: exactly(
      initializationBound(moments.secondMoment, moments.dimension, level),
      "KL(q_T || prior): sampling starts at N(0, I) and not at the law of X_T",
    ),
    discretization: exactly(discretization, "the denoiser is held for a whole step: the worst law with these moments"),
  };
  const assumptions = [...score.assumptions, ...momentAssumptions(moments)];
  const { confidence, upper } = score;
  if (upper === null) {
    const standing = Object.values(terms).every(({ upper }) => Number.isFinite(upper)) ? terms : {};
    return { ...vacuousBound(name, "whole-bound", assumptions, confidence), terms: standing };
  }
  requireNumber("score.upper", upper, "must be >= 0", (value) => value >= 0);
  terms.score = exactly(upper, "the denoiser's error at the grid points, from the gradients of training");
  if (crossed) {
    const meaning = "score error and discretization may point the same way";
    terms.cross = exactly(2 * Math.sqrt(upper) * Math.sqrt(discretization), meaning);
  }
  return summedBound({ name, theorem: "whole-bound", terms, assumptions, confidence, dimension: moments.dimension });
}

function exactly(value: number, meaning: string): BoundTerm {
  return { value, upper: value, meaning };
}

function momentAssumptions({ variance, secondMoment }: DataMoments): Assumption[] {
  return [
    {
      statement: `E|X_0|^2 <= ${secondMoment.toPrecision(4)} and E|X_0 - E X_0|^2 <= ${variance.toPrecision(4)}`,
      met: true,
      evidence: "given; nothing else is assumed of the data law",
    },
  ];
}
