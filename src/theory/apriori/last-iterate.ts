import { certificateLoss } from "../../diffusion/weightings/certificate.js";
import { requireInteger } from "../../errors.js";
import { type Assumption, type Bound, summedBound, vacuousBound } from "../bound.js";
import {
  boundDefect,
  type GradientBound,
  gradientBoundOf,
  sumOfRounds,
  type TrainingRun,
} from "./distributed-training.js";
import {
  approximation,
  bestLoss,
  curvatureConditions,
  polyakLojasiewicz,
  type ScoreErrorInput,
  scaledTerms,
} from "./score-error.js";

export interface LastScoreInput extends Omit<ScoreErrorInput, "gradient"> {
  /** The run in units of its training loss, which is F / d; null where its constants are in doubt. */
  readonly run: TrainingRun | null;
  /** eta T_l. */
  readonly step: number;
}

export const lastScoreName = "score of the last network, from the gradients of training";

/**
 * Bound on E F(theta_Q) - Fbest after the last of Q rounds, in units of the training loss, by
 *
 *     a_{q+1} <= (1 - eta T mu) a_q + (eta T / 2) (2 L eta V_q + (zeta_q + sqrt P_q + sqrt D_q)^2 + uncovered_q),   a_q = E F_q - Fbest.
 *
 * Theorem `last-iterate`.
 * @param run its `infimum` is Fbest.
 * @param mu of |grad F|^2 >= 2 mu (F - Fbest), in units of the training loss: 0 < eta T mu <= 1.
 */
export function lastIterateBound(run: TrainingRun, mu: number): GradientBound {
  const { learningRate, localSteps, rounds, initialLoss, infimum } = run;
  const step = learningRate * localSteps;
  const logContraction = Math.log1p(-step * mu);
  const contraction = (count: number) => (count === 0 ? 1 : Math.exp(count * logContraction));
  const sumOfContractions = (count: number) => (count === 0 ? 0 : -Math.expm1(count * logContraction) / (step * mu));
  return gradientBoundOf({
    optimization: contraction(rounds) * (initialLoss - infimum),
    ...sumOfRounds(run, ({ from, to }) => 0.5 * step * contraction(rounds - to) * sumOfContractions(to - from)),
  });
}

/**
 * Bound on the score term of the certificate for the network after the last round, nats: d a_Q + A, A = Fbest - F_irreducible. Null where a
 * condition fails.
 * @throws ArgumentError for a dimension, a loss or a squared gradient out of its range; F_irreducible is a condition.
 */
export function lastScoreBound({ dimension, rounds, run, step, conditions, irreducible }: LastScoreInput): Bound {
  requireInteger("dimension", dimension, 1);
  const factor = certificateLoss(1, dimension);
  const best = bestLoss(rounds);
  const mu = polyakLojasiewicz(rounds) / factor;
  const isContracting = step * mu > 0 && step * mu <= 1;
  const assumptions: Assumption[] = [
    ...conditions,
    ...curvatureConditions(rounds, irreducible),
    {
      statement: "eta T_l mu <= 1",
      met: isContracting,
      evidence: `eta T_l mu = ${(step * mu).toPrecision(4)}, mu in units of the training loss`,
    },
    {
      statement: "the bound speaks of the network after the last round, in expectation over the run",
      met: true,
      evidence: "each round brings F closer to Fbest by 1 - eta T_l mu, but for its terms",
    },
  ];
  if (run === null || !isContracting) return vacuousBound(lastScoreName, "last-iterate", assumptions, 1);
  const excess = lastIterateBound({ ...run, infimum: best / factor }, mu);
  if (boundDefect(excess)) return vacuousBound(lastScoreName, "last-iterate", assumptions, 1);
  const terms = { ...scaledTerms(excess, factor), approximation: approximation(best - irreducible) };
  return summedBound({ name: lastScoreName, theorem: "last-iterate", terms, assumptions, confidence: 1, dimension });
}
