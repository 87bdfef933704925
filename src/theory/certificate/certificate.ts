import { levelsOf, validateGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError, requireInteger, requireNumber } from "../../errors.js";
import { keysOf } from "../../options.js";
import { type Bound, type BoundTerm, bitsPerDimension } from "../bound.js";
import { mostPaths, requireConfidence } from "../confidence.js";
import { closedInitialization } from "../initialization.js";
import { studentQuantile } from "../student.js";
import { caveatOf, certificateAssumptions, requireResolution } from "./assumptions.js";
import { pathCostOf } from "./index.js";
import { looksOf } from "./looks.js";
import { cellsOf } from "./open-run.js";
import type { PathCost } from "./path-cost.js";
import { pilotUnitsOf, runPilot } from "./pilot.js";
import { allocate, repeated } from "./plan.js";
import { type Strata, strataOf, unitPaths } from "./strata.js";
import type { CertificateSubject } from "./subject.js";
import { type Quantity, Tally } from "./tally.js";
import { UnitCalls, type UnitRunner } from "./unit-calls.js";
import { everyStep, type StepVisits } from "./units.js";

/** How sure and how precise a certificate is to be; see `certifyInPool`. */
export interface CertificateOptions {
  /**
   * Forward paths, rounded up to units of 8, and to one unit for each stratum of the law. A pilot runs about a tenth more, or as many. Of a
   * deterministic sampler: rows of the data law that are inverted, and as many of its samples.
   */
  readonly paths: number;
  /** One-sided confidence of `upper`, in (0.5, 1). Default 0.95. */
  readonly confidence?: number | undefined;
  /** Stop early once (upper - value) <= precision * value; > 0. The ends that are looked at on the way share the error probability. */
  readonly precision?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of paths that are done. */
  readonly onProgress?: ((done: { paths: number; of: number }) => void) | undefined;
}

/** Keys of the options. */
export const certificateOptionKeys = keysOf<CertificateOptions>({
  paths: true,
  confidence: true,
  precision: true,
  signal: true,
  onProgress: true,
});

/** The certificate and the curves behind it. */
export interface Certificate extends Bound {
  readonly sampler: SamplerName;
  readonly dimension: number;
  /** Where a path KL comes from. Absent for deterministic samplers, whose certificate is a change of variables over all steps at once. */
  readonly steps?: CertificateSteps;
}

/** Per step, nats and squared data units: where the bound comes from, and the mmse curve at the grid's snr. */
export interface CertificateSteps {
  readonly snr: Float64Array;
  readonly score: Float64Array;
  readonly discretization: Float64Array;
  readonly mmse: Float64Array;
}

/**
 * Pairs of a state and a cell of the law, times coordinates, that the exact denoiser may meet: a few seconds of two cores. Beyond it, the total
 * comes from the densities at the ends and the exact denoiser is met at some steps only.
 */
const exactWork = 3e10;
/**
 * Largest thinning of the steps of the total beyond that work. The cost is smooth from step to step, so that every fourth step says nearly as much:
 * of 9,000 digits and 100 steps the end rises by 0.13 %.
 */
const mostThinning = 4;
/** What a pair costs beside its coordinates, in coordinates. */
const pairOverhead = 8;

/** The path KL of a sampler under a schedule, or an error that says why there is none. Deterministic samplers have another certificate. */
export function requirePathCost(sampler: SamplerName, schedule: NoiseSchedule): PathCost {
  const cost = pathCostOf(sampler);
  const reason = cost
    ? cost.refuses?.(schedule)
    : `${sampler} is deterministic or not a discretization of the reverse SDE whose path KL is known`;
  if (!cost || reason !== undefined) {
    throw new FedscoreError(
      "FEDSCORE_UNSUPPORTED",
      `sampler ${sampler} has no path KL that is finite and known: ${reason}`,
      { sampler },
    );
  }
  return cost;
}

/**
 * Upper bound on KL(q_delta || p_theta) in nats, by Monte Carlo over forward paths: initialization + path KL. The law is cut into strata of
 * known probability and a pilot says how many units of paths each gets; `upper` is the end of `upperEnd` over the contributions of the units.
 * Deterministic for a seed, whatever the number of workers.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where float32 does not resolve the noise that is left at delta, or the initialization is not known.
 */
export async function certify(
  subject: CertificateSubject,
  runUnits: UnitRunner,
  options: CertificateOptions,
): Promise<Certificate> {
  const { sampler, schedule, grid, target } = subject;
  const { confidence = 0.95, precision } = options;
  requireInteger("paths", options.paths, 1, mostPaths);
  requireConfidence(confidence, 0.5);
  if (precision !== undefined) requireNumber("precision", precision, "must be > 0", (value) => value > 0);
  validateGrid("grid", grid.times, schedule);
  const cost = requirePathCost(sampler, schedule);
  const { gaussianVariances } = target;
  const closed = gaussianVariances && cost.gaussianDiscretization?.(schedule, grid, gaussianVariances);
  const strata = strataOf(cellsOf(target));
  const initialization = closedInitialization(target, levelsOf(schedule, grid, target.dimension)[0]);
  const fixed = (initialization ?? 0) + (closed ?? 0);

  const wanted = Math.max(Math.ceil(options.paths / unitPaths), strata.weights.length, 2);
  const each = pilotUnitsOf(strata, wanted);
  const visits = visitsOf(subject, wanted + each * strata.weights.length);
  const run = new UnitCalls(strata, visits, runUnits, options.signal);
  const pilot = await runPilot(run, strata, each, closed !== undefined);
  requireResolution(subject, pilot.costs.reach);
  const tally = new Tally(strata.weights, closed !== undefined, pilot);
  let errorProbability = 1 - confidence;
  for (const [look, units] of looksOf(wanted, strata.weights.length, precision).entries()) {
    const counts = allocate(strata.weights, tally.scales, units);
    const onUnits = (done: number) =>
      options.onProgress?.({ paths: (tally.units + done) * unitPaths, of: wanted * unitPaths });
    tally.add(await run.units(repeated(counts), counts, onUnits), repeated(counts));
    if (precision === undefined) break;
    errorProbability = (1 - confidence) / ((look + 1) * (look + 2));
    if (tally.end("path", errorProbability).margin <= precision * (fixed + tally.mean("path"))) break;
  }
  return assemble({ subject, strata, visits, tally, closed, initialization, confidence, precision, errorProbability });
}

function visitsOf({ target, grid }: CertificateSubject, units: number): StepVisits {
  if (!target.marginalLogDensity) return everyStep;
  const pairs = 2 * units * unitPaths * (grid.times.length - 1) * cellsOf(target).weights.length;
  const stride = Math.max(1, Math.ceil((pairs * (target.dimension + pairOverhead)) / exactWork));
  return { stride, thinning: Math.min(stride, mostThinning) };
}

interface Findings {
  readonly subject: CertificateSubject;
  readonly strata: Strata;
  readonly visits: StepVisits;
  readonly tally: Tally;
  readonly closed: number | undefined;
  readonly initialization: number | undefined;
  readonly confidence: number;
  readonly precision: number | undefined;
  readonly errorProbability: number;
}

function assemble(findings: Findings): Certificate {
  const { subject, tally, closed, confidence, errorProbability } = findings;
  const { schedule, grid, target, sampler } = subject;
  const fixed = (findings.initialization ?? 0) + (closed ?? 0);
  const value = fixed + tally.mean("path");
  const end = tally.end("path", errorProbability);
  const upper = value + end.margin;
  requirePossible(upper, sampler);
  const { stepScore, stepDiscretization, mmse } = tally.curves;
  const caveat = caveatOf(subject, tally);
  return {
    name: `certificate (${sampler})`,
    theorem: requirePathCost(sampler, schedule).theorem,
    value,
    upper,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(upper, target.dimension),
    confidence,
    terms: termsOf(findings),
    assumptions: certificateAssumptions({ ...findings, ceiling: end.ceiling }),
    interval: intervalOf(value, tally, findings.strata, confidence),
    samples: tally.units * unitPaths,
    ...(caveat !== undefined && { caveat }),
    sampler,
    dimension: target.dimension,
    steps: {
      snr: Float64Array.from(levelsOf(schedule, grid), (level) => Math.exp(level.logSnr)).slice(0, -1),
      score: stepScore,
      discretization: stepDiscretization,
      mmse,
    },
  };
}

/** KL is not negative, so neither is an upper end of it. */
export function requirePossible(upper: number, sampler: SamplerName): void {
  if (upper >= 0) return;
  throw new FedscoreError(
    "FEDSCORE_BOUND_VIOLATED",
    `the certificate of ${sampler} ends at ${upper} nats, below 0, where no KL is: an error of this software, please report it`,
    { upper },
  );
}

/** Each term with an end of its own. Where few steps met the exact denoiser, what the discretization leaves of the path is the score. */
function termsOf({ subject, tally, closed, initialization, visits, errorProbability }: Findings): Certificate["terms"] {
  const term = (quantity: Quantity, closedForm: number | undefined, meaning: string): BoundTerm => {
    const value = closedForm ?? tally.mean(quantity);
    const margin = closedForm === undefined ? tally.end(quantity, errorProbability).margin : 0;
    return { value: possible(quantity, value, value + margin), upper: value + margin, meaning };
  };
  const { curved } = requirePathCost(subject.sampler, subject.schedule);
  const path = tally.mean("path") - (initialization === undefined ? tally.mean("initialization") : 0);
  const score = term("score", undefined, "the denoiser's error at the grid points");
  return {
    initialization: term(
      "initialization",
      initialization,
      "KL(q_T || prior): sampling starts at N(0, I) and not at the law of X_T",
    ),
    score:
      visits.stride === 1
        ? score
        : {
            ...score,
            value: path - tally.mean("discretization"),
            upper: path + tally.end("path", errorProbability).margin,
          },
    ...(curved && visits.stride === 1 && { covariance: covarianceTerm(tally, errorProbability) }),
    discretization: term(
      "discretization",
      closed,
      "the denoiser is held for a whole step: depends on the target and the grid alone",
    ),
  };
}

/** What the other two leave of the steps is not negative but for rounding. */
function covarianceTerm(tally: Tally, errorProbability: number): BoundTerm {
  const value = tally.mean("covariance");
  return {
    value: Math.max(0, value),
    upper: Math.max(0, value + tally.end("covariance", errorProbability).margin),
    meaning: "the noise of a step does not have the covariance of the reverse step",
  };
}

/** No term is negative: an estimate below 0 whose end is not stands for 0. */
function possible(quantity: Quantity, value: number, upper: number): number {
  if (value >= 0 || upper >= 0) return Math.max(0, value);
  const message = `the term ${quantity} ends at ${upper} nats, below 0, where it cannot: an error of this software, please report it`;
  throw new FedscoreError("FEDSCORE_BOUND_VIOLATED", message, { quantity, value, upper });
}

/** Student's interval of the value: what the noise of the sampled paths amounts to, and no certified end. */
function intervalOf(value: number, tally: Tally, { weights }: Strata, confidence: number): Bound["interval"] {
  const degrees = Math.max(1, tally.units - weights.length);
  const half = studentQuantile((1 + confidence) / 2, degrees) * tally.standardError("path");
  return { low: value - half, high: value + half, confidence };
}
