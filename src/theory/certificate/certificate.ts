import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { samplers } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError, requireInteger, requireNumber, throwIfAborted } from "../../errors.js";
import type { Target } from "../../targets/target.js";
import { type Bound, type BoundTerm, bitsPerDimension } from "../bound.js";
import { initializationBound } from "../initialization.js";
import { RunningMoments } from "../running-moments.js";
import { type BlockMeans, defaultBlockPaths } from "./blocks.js";
import { pathCostOf } from "./index.js";
import type { PathCost } from "./path-cost.js";

export interface CertificateOptions {
  /** Forward paths, rounded up to whole blocks; at least two blocks. */
  readonly paths: number;
  /** Paths of a block: what the blocks of the runner have. Default 256. */
  readonly blockPaths?: number;
  /** One-sided confidence of `upper`. Default 0.95. */
  readonly confidence?: number;
  /** Stop early once (upper - value) <= precision * value. */
  readonly precision?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: { paths: number; of: number; value: number; upper: number }) => void;
}

/** Runs blocks [first, first + count) somewhere and gives their means back, in block order. */
export type BlockRunner = (first: number, count: number, signal?: AbortSignal) => Promise<readonly BlockMeans[]>;

/** The certificate and the curves behind it. */
export interface Certificate extends Bound {
  readonly sampler: SamplerName;
  readonly dimension: number;
  /** Per step, nats and squared data units: where the bound comes from, and the mmse curve at the grid's snr. */
  readonly steps: {
    readonly snr: Float64Array;
    readonly score: Float64Array;
    readonly discretization: Float64Array;
    readonly mmse: Float64Array;
  };
}

/** Blocks run between two looks at the precision: fixed, so that early stopping does not depend on the number of workers. */
const wave = 64;

/** The path KL of a sampler under a schedule, or an error that says why there is none. */
export function requirePathCost(sampler: SamplerName, schedule: NoiseSchedule): PathCost {
  const cost = pathCostOf(sampler);
  const reason = cost
    ? cost.refuses?.(schedule)
    : `${sampler} is deterministic or not a discretization of the reverse SDE: its path law has no density with respect to the reverse process, so it gets measured divergences only`;
  if (!cost || reason !== undefined) {
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", `sampler ${sampler} cannot be certified: ${reason}`, { sampler });
  }
  return cost;
}

/** The parts of a certificate's problem that the coordinator needs; workers have the rest. */
export interface CertificateSubject {
  readonly sampler: SamplerName;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly target: Pick<Target, "name" | "dimension" | "secondMoment" | "gaussianVariances">;
}

/**
 * Upper bound on KL(q_delta || p_theta) in nats, by Monte Carlo over forward paths: initialization + path KL. Blocks of paths are the
 * independent units; `upper` is a one-sided Student-t end over block means, with the error probability split evenly between path KL and a
 * sampled initialization. Deterministic for a seed, whatever the number of workers.
 */
export async function certify(
  subject: CertificateSubject,
  runBlocks: BlockRunner,
  options: CertificateOptions,
): Promise<Certificate> {
  const confidence = options.confidence ?? 0.95;
  requireInteger("paths", options.paths, 1);
  requireNumber("confidence", confidence, "must lie in (0.5, 1)", (value) => value > 0.5 && value < 1);
  const cost = requirePathCost(subject.sampler, subject.schedule);
  const { gaussianVariances } = subject.target;
  const closed = gaussianVariances && cost.gaussianDiscretization?.(subject.schedule, subject.grid, gaussianVariances);
  const { blockPaths = defaultBlockPaths } = options;
  requireInteger("blockPaths", blockPaths, 1);
  const blocks = Math.max(2, Math.ceil(options.paths / blockPaths));
  const tally = new Tally(subject.grid.times.length - 1, closed);
  while (tally.blocks < blocks) {
    throwIfAborted(options.signal);
    const count = Math.min(wave, blocks - tally.blocks);
    for (const means of await runBlocks(tally.blocks, count, options.signal)) tally.add(means);
    const value = tally.total.mean;
    const upper = tally.total.upper(confidence);
    options.onProgress?.({ paths: tally.blocks * blockPaths, of: blocks * blockPaths, value, upper });
    if (options.precision !== undefined && upper - value <= options.precision * value) break;
  }
  return assemble(subject, tally, confidence, blockPaths);
}

class Tally {
  readonly #closed: number | undefined;
  readonly total = new RunningMoments();
  readonly score = new RunningMoments();
  readonly discretization = new RunningMoments();
  readonly initialization = new RunningMoments();
  readonly stepScore: Float64Array;
  readonly stepDiscretization: Float64Array;
  readonly mmse: Float64Array;

  /** @param closed the discretization term, where a closed form is known: its sampled value then serves as a control variate. */
  constructor(steps: number, closed: number | undefined) {
    this.#closed = closed;
    this.stepScore = new Float64Array(steps);
    this.stepDiscretization = new Float64Array(steps);
    this.mmse = new Float64Array(steps);
  }

  get blocks(): number {
    return this.total.count;
  }

  add(means: BlockMeans): void {
    const discretization = this.#closed ?? means.discretization;
    this.total.add(means.total - means.discretization + discretization);
    this.score.add(means.score);
    this.discretization.add(discretization);
    this.initialization.add(means.initialization);
    for (const name of ["stepScore", "stepDiscretization", "mmse"] as const) {
      for (let k = 0; k < this[name].length; k++) this[name][k] += (means[name][k] - this[name][k]) / this.blocks;
    }
  }
}

function initializationTerm(
  { target, schedule, grid }: CertificateSubject,
  tally: Tally,
  confidence: number,
): BoundTerm {
  const meaning = "KL(q_T || prior): sampling starts at N(0, I) and not at the law of X_T";
  const [level] = levelsOf(schedule, grid);
  const sampled = tally.initialization;
  const closed =
    target.secondMoment === undefined
      ? Number.POSITIVE_INFINITY
      : initializationBound(target.secondMoment, target.dimension, level);
  const sampledUpper = Number.isFinite(sampled.mean) ? sampled.upper(confidence) : Number.POSITIVE_INFINITY;
  if (closed <= sampledUpper) return { value: closed, upper: closed, meaning };
  return { value: Math.max(sampled.mean, 0), upper: Math.max(sampledUpper, 0), meaning };
}

function assemble(subject: CertificateSubject, tally: Tally, confidence: number, blockPaths: number): Certificate {
  const { schedule, grid, target, sampler } = subject;
  const split = (1 + confidence) / 2;
  const initialization = initializationTerm(subject, tally, split);
  const pathConfidence = initialization.upper === initialization.value ? confidence : split;
  const value = initialization.value + tally.total.mean;
  const upper = initialization.upper + tally.total.upper(pathConfidence);
  const interval = tally.total.interval(confidence);
  return {
    name: `certificate (${sampler})`,
    theorem: requirePathCost(sampler, schedule).theorem,
    value,
    upper,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(upper, target.dimension),
    confidence,
    terms: {
      initialization,
      score: {
        value: tally.score.mean,
        upper: tally.score.upper(confidence),
        meaning: "the denoiser's error at the grid points",
      },
      discretization: {
        value: tally.discretization.mean,
        upper: tally.discretization.upper(confidence),
        meaning: "the denoiser is held for a whole step: depends on the target and the grid alone",
      },
    },
    assumptions: [
      {
        statement: `the data law is ${target.name}, with its exact denoiser`,
        met: true,
        evidence: "closed form",
      },
      {
        statement: `samples come from ${sampler} on the grid ${grid.name} of schedule ${schedule.name}`,
        met: true,
        evidence: samplers[sampler].source,
      },
    ],
    interval: {
      low: initialization.value + interval.low,
      high: initialization.value + interval.high,
      confidence,
    },
    samples: tally.blocks * blockPaths,
    sampler,
    dimension: target.dimension,
    steps: {
      snr: Float64Array.from(levelsOf(schedule, grid), (level) => Math.exp(level.logSnr)).slice(0, -1),
      score: tally.stepScore,
      discretization: tally.stepDiscretization,
      mmse: tally.mmse,
    },
  };
}
