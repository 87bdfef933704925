import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { type NoiseSchedule, snrOf } from "../../diffusion/schedule.js";
import { certificateLoss } from "../../diffusion/weightings/certificate.js";
import { FedscoreError, requireLength } from "../../errors.js";
import type { TrainingSettings } from "../../network/training.js";
import { type Assumption, type Bound, vacuousBound } from "../bound.js";
import { bentonRates, type ReferenceRates } from "../rates.js";
import { type GradientBound, gradientBound } from "./distributed-training.js";
import { type GradientReport, gradientReport, type RunKind } from "./gradient-report.js";
import { type MeasuredConstant, type RunFacts, valuesOf } from "./measured-constants.js";
import type { RoundProbe } from "./round-fold.js";
import { polyakLojasiewicz, scoreErrorBound } from "./score-error.js";
import { wholeBound } from "./whole-bound.js";
import type { DataMoments } from "./worst-case-discretization.js";

export interface AprioriInput {
  readonly probes: readonly RoundProbe[];
  readonly run: Omit<RunFacts, "infimum"> & RunKind;
  readonly training: Pick<TrainingSettings, "weighting" | "levels">;
  readonly sampler: SamplerName;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly moments: DataMoments;
  /** F_irreducible in nats where the exact denoiser is known, and where it is from; absent: 0, its lower bound. */
  readonly irreducible?: MeasuredConstant;
}

/** All that can be said of a run before its samples are looked at. */
export interface AprioriReport {
  /** Bound on the mean over the rounds of KL(q_delta || p_theta); null where a condition fails. */
  readonly bound: Bound;
  /** Bound on the mean over the rounds of the certificate's score term. */
  readonly score: Bound;
  readonly gradient: GradientReport;
  /** mu in 1 / (squared parameter) and F_irreducible in nats; null where F was not measured. */
  readonly polyakLojasiewicz: MeasuredConstant | null;
  readonly irreducible: MeasuredConstant;
  readonly rates: ReferenceRates;
}

const unknownFloor: MeasuredConstant = { value: 0, how: "0, a lower bound: the exact denoiser is not known" };

/** Assembles the a-priori bound from what was measured along a run: theorems `pruned-training`, `score-error` and `whole-bound`. */
export function aprioriReport(input: AprioriInput): AprioriReport {
  const { probes, run, training, sampler, schedule, grid, moments } = input;
  const { dimension } = moments;
  const irreducible = input.irreducible ?? unknownFloor;
  const weighted = weightingCondition(training, grid);
  const infimum = weighted.met
    ? { value: irreducible.value / certificateLoss(1, dimension), how: `F_irreducible / d: ${irreducible.how}` }
    : { value: 0, how: "0, a lower bound: a loss is not negative" };
  const gradient = gradientReport(probes, { ...run, infimum }, run);
  const rounds = probes.map(({ loss, gradientSquared }) => ({
    loss: certificateLoss(loss, dimension),
    squaredGradient: certificateLoss(1, dimension) ** 2 * gradientSquared,
  }));
  const conditions = [...gradient.conditions, weighted];
  const score = weighted.met
    ? scoreErrorBound({
        dimension,
        rounds,
        gradient: inNats(gradientBound(valuesOf(gradient.constants)), dimension),
        conditions,
        irreducible: irreducible.value,
      })
    : vacuousBound("score, from the gradients of training", "score-error", conditions, 1);
  return {
    bound: boundOf(() => wholeBound({ sampler, schedule, grid, moments, score }), score.assumptions),
    score,
    gradient,
    polyakLojasiewicz: weighted.met
      ? {
          value: polyakLojasiewicz(rounds),
          how: `least |grad F|^2 / (2 (F - Fbest)) over ${rounds.length} probes, in nats: local, like L`,
        }
      : null,
    irreducible,
    rates: bentonRates(schedule, grid, dimension),
  };
}

/** F_irreducible = 1/2 sum_k (snr_{k+1} - snr_k) mmse(snr_k), nats, of the mmse at the starts of a grid's steps. */
export function irreducibleLoss(schedule: NoiseSchedule, grid: TimeGrid, mmse: ArrayLike<number>): number {
  const snr = levelsOf(schedule, grid).map(snrOf);
  requireLength("mmse", mmse, snr.length - 1);
  let sum = 0;
  for (let k = 0; k + 1 < snr.length; k++) sum += 0.5 * (snr[k + 1] - snr[k]) * mmse[k];
  return sum;
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

/** The bound on the gradient of F in nats: F is a multiple of the training loss. */
function inNats({ terms, total }: GradientBound, dimension: number): GradientBound {
  const factor = certificateLoss(1, dimension) ** 2;
  const scaled = (name: keyof GradientBound["terms"]) => {
    const { value, upper, meaning } = terms[name];
    return { value: value * factor, upper: upper * factor, meaning };
  };
  return {
    total: total * factor,
    terms: {
      optimization: scaled("optimization"),
      variance: scaled("variance"),
      pruning: scaled("pruning"),
      drift: scaled("drift"),
      heterogeneity: scaled("heterogeneity"),
      uncovered: scaled("uncovered"),
    },
  };
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
