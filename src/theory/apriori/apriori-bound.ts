import { finiteResult } from "../../data/finite.js";
import { levelsOf, requireGrid, type TimeGrid, validateGrid } from "../../diffusion/grid.js";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import { type NoiseSchedule, snrOf } from "../../diffusion/schedule.js";
import { certificateLoss } from "../../diffusion/weightings/certificate.js";
import {
  FedscoreError,
  requireLength,
  requireList,
  requireNumber,
  requireNumbers,
  requireObject,
  requireText,
} from "../../errors.js";
import { memberNamed } from "../../family.js";
import type { TrainingSettings } from "../../network/training.js";
import { type Assumption, type Bound, vacuousBound } from "../bound.js";
import { bentonRates, type ReferenceRates } from "../rates.js";
import { type DataMoments, requireMoments } from "../worst-case-discretization.js";
import { type GradientReport, gradientReport } from "./gradient-report.js";
import { lastScoreName } from "./last-iterate.js";
import { type MeasuredConstant, type RunFacts, requireConstant, valuesOf } from "./measured-constants.js";
import type { RoundProbe } from "./round-fold.js";
import type { RunKind } from "./run-kind.js";
import { compareScores, type ScoreComparison, type ScoreValues, scoreBounds } from "./score-comparison.js";
import { polyakLojasiewicz, type RoundMeasurement, scoreErrorName } from "./score-error.js";
import { trainingRuns } from "./training-runs.js";
import { wholeBound } from "./whole-bound.js";

/** What the a-priori bound is computed from; see `aprioriReport`. */
export interface AprioriInput {
  readonly probes: readonly RoundProbe[];
  readonly run: Omit<RunFacts, "infimum"> & RunKind;
  readonly training: Pick<TrainingSettings, "weighting" | "levels">;
  readonly sampler: SamplerName;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly moments: DataMoments;
  /** F_irreducible in nats where the exact denoiser is known, and where it is from; absent: 0, its lower bound. */
  readonly irreducible?: MeasuredConstant | undefined;
}

/** All that can be said of a run before its samples are looked at. */
export interface AprioriReport {
  /** Bound on the mean over the rounds of KL(q_delta || p_theta); null where a condition fails. */
  readonly bound: Bound;
  /** Bound on the mean over the rounds of the certificate's score term. */
  readonly score: Bound;
  /** The same two of the network after the last round, the one that is sampled. */
  readonly lastBound: Bound;
  readonly lastScore: Bound;
  /** Both scores by less and by more of what was measured. */
  readonly scores: ScoreComparison;
  readonly gradient: GradientReport;
  /** mu in 1 / (squared parameter) and F_irreducible in nats; null where F was not measured. */
  readonly polyakLojasiewicz: MeasuredConstant | null;
  readonly irreducible: MeasuredConstant;
  readonly rates: ReferenceRates;
}

const unknownFloor: MeasuredConstant = { value: 0, how: "0, a lower bound: the exact denoiser is not known" };

/**
 * Assembles the a-priori bound from what was measured along a run: theorems `pruned-training`, `score-error`,
 * `last-iterate` and `whole-bound`.
 * What was measured and is NaN, infinite or out of its range leaves the parts that need it without a value.
 * @throws ArgumentError for moments, a grid or numbers of the config out of their range, ArgumentTypeError naming what is of another kind.
 */
export function aprioriReport(input: AprioriInput): AprioriReport {
  const { probes, run, training, sampler, schedule, grid, moments } = requireObject("input", input);
  const { dimension } = requireMoments(moments);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  requireObject("run", run);
  requireWeighted(training);
  memberNamed(samplers, "sampler", sampler);
  const irreducible = input.irreducible ?? unknownFloor;
  requireConstant("irreducible", irreducible);
  const weighted = weightingCondition(training, grid);
  const infimum = weighted.met
    ? { value: irreducible.value / certificateLoss(1, dimension), how: `F_irreducible / d: ${irreducible.how}` }
    : { value: 0, how: "0, a lower bound: a loss is not negative" };
  const facts = { ...run, infimum };
  const gradient = gradientReport(probes, facts, run);
  const conditions = [...gradient.conditions, weighted, sampledCondition(run)];
  const rounds = weighted.met ? roundsInNats(probes, dimension) : null;
  const runs = trainingRuns(probes, facts, valuesOf(gradient.constants));
  const context = rounds && {
    dimension,
    rounds,
    step: run.learningRate * run.localSteps,
    conditions,
    irreducible: irreducible.value,
  };
  const score = context
    ? scoreBounds(gradient.value === null ? null : runs.eachRound, context)
    : {
        mean: vacuousBound(scoreErrorName, "score-error", conditions, 1),
        last: vacuousBound(lastScoreName, "last-iterate", conditions, 1),
      };
  const whole = (score: Bound, network?: "last network") =>
    boundOf(() => wholeBound({ sampler, schedule, grid, moments, score, network }), score.assumptions);
  return {
    bound: whole(score.mean),
    score: score.mean,
    lastBound: whole(score.last, "last network"),
    lastScore: score.last,
    scores: context ? compareScores(score, runs, context, probes, facts) : { mean: noScore, last: noScore },
    gradient,
    polyakLojasiewicz: rounds && {
      value: polyakLojasiewicz(rounds),
      how: `least |grad F|^2 / (2 (F - Fbest)) over ${rounds.length} probes, in nats: local, like L`,
    },
    irreducible,
    rates: bentonRates(schedule, grid, dimension),
  };
}

const noScore: ScoreValues = { largest: null, eachRound: null, changes: null, measured: null };

/** F_irreducible = 1/2 sum_k (snr_{k+1} - snr_k) mmse(snr_k), nats, of the mmse at the starts of a grid's steps. */
export function irreducibleLoss(schedule: NoiseSchedule, grid: TimeGrid, mmse: ArrayLike<number>): number {
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  const snr = levelsOf(schedule, grid).map(snrOf);
  requireList("mmse", mmse);
  requireLength("mmse", mmse, snr.length - 1);
  let sum = 0;
  for (let k = 0; k + 1 < snr.length; k++) {
    requireNumber(`mmse[${k}]`, mmse[k], "must be finite and >= 0", (value) => value >= 0);
    sum += 0.5 * (snr[k + 1] - snr[k]) * mmse[k];
  }
  return finiteResult("irreducibleLoss", sum);
}

/** What is read of the settings of training. */
function requireWeighted(training: AprioriInput["training"]): void {
  const { weighting, levels } = requireObject("training", training);
  requireText("training.weighting", weighting);
  requireText("training.levels.spacing", requireObject("training.levels", levels).spacing);
  if (levels.spacing === "grid") requireNumbers("training.levels.times", levels.times);
}

function weightingCondition({ weighting, levels }: AprioriInput["training"], grid: TimeGrid): Assumption {
  const statement = "training minimizes the loss that the certificate weights, on the levels of the sampling grid";
  if (weighting !== "certificate") return { statement, met: false, evidence: `the weighting is ${weighting}` };
  if (levels.spacing !== "grid") {
    return { statement, met: false, evidence: `the levels are spread evenly in ${levels.spacing}` };
  }
  const met = levels.times.length === grid.times.length && levels.times.every((time, k) => time === grid.times[k]);
  return {
    statement,
    met,
    evidence: met ? "weighting and levels of the config" : "the levels are those of another grid",
  };
}

/** What the score's bound is about and what is sampled are the same networks. */
function sampledCondition({ movingAverage }: Pick<RunKind, "movingAverage">): Assumption {
  return {
    statement: "what is sampled is the network of a round",
    met: movingAverage === undefined,
    evidence:
      movingAverage === undefined ? "the server's parameters" : `a moving average of ${movingAverage} is sampled`,
  };
}

/** F and its squared gradient at the probes, in nats; null where one is not measured. */
function roundsInNats(probes: readonly RoundProbe[], dimension: number): RoundMeasurement[] | null {
  const rounds = probes.map(({ loss, gradientSquared }) => ({
    loss: loss * certificateLoss(1, dimension),
    squaredGradient: certificateLoss(1, dimension) ** 2 * gradientSquared,
  }));
  const measured = rounds.every(
    ({ loss, squaredGradient }) => Number.isFinite(loss) && Number.isFinite(squaredGradient) && squaredGradient >= 0,
  );
  return measured ? rounds : null;
}

/** A sampler without a path KL leaves the bound without a value. */
function boundOf(evaluate: () => Bound, assumptions: readonly Assumption[]): Bound {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_UNSUPPORTED") throw error;
    const unsupported = { statement: "the sampler has a path KL", met: false, evidence: error.message };
    return vacuousBound("a-priori bound", "whole-bound", [unsupported, ...assumptions], 1);
  }
}
