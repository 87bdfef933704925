import { finiteEntries } from "../../data/finite.js";
import { type Denoiser, requireJvp } from "../../diffusion/denoiser.js";
import type { Tolerance } from "../../diffusion/dormand-prince.js";
import { defaultTolerance, logSnrAt } from "../../diffusion/follow-flow.js";
import { type Directions, ProbabilityFlow } from "../../diffusion/probability-flow.js";
import { type NoiseSchedule, requireSchedule } from "../../diffusion/schedule.js";
import {
  ArgumentError,
  FedscoreError,
  requireFloats,
  requireInteger,
  requireMethods,
  requireNumbers,
  throwIfAborted,
} from "../../errors.js";
import { type Engine, Purpose, requireEngine, words } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import type { Interval } from "../bound.js";
import { requireConfidence } from "../confidence.js";
import { RunningMoments } from "../running-moments.js";

/** Largest dimension in which the trace is taken along every axis. */
const mostExact = 64;

/** What is to be as likely as a model says, and how its divergence is taken. */
export interface FlowLikelihoodOptions {
  /** Its session must have `jvp()`. */
  readonly denoiser: Denoiser;
  readonly schedule: NoiseSchedule;
  /** float32 [count, dimension] at the time `from`, variance preserving as in `sample`: rows of data under the noise that is left there. */
  readonly states: Float32Array;
  /** Where the states are, and where the flow ends in N(0, I). Default: tMin and tMax of the schedule. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Rademacher probes of the divergence for each row (Hutchinson). Default: none, the exact trace, for at most 64 dimensions. */
  readonly probes?: number | undefined;
  /** Of the probes: integer in [0, 2^53). Default 0. */
  readonly seed?: number | undefined;
  /** Index of the first row in the run of that seed. Default 0. */
  readonly firstRow?: number | undefined;
  /** Of each step of the flow. Default: 1e-5 each. */
  readonly tolerance?: Tolerance | undefined;
  /** Of the interval. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Checked before each row. */
  readonly signal?: AbortSignal | undefined;
}

const likelihoodKeys = keysOf<FlowLikelihoodOptions>({
  denoiser: true,
  schedule: true,
  states: true,
  from: true,
  to: true,
  probes: true,
  seed: true,
  firstRow: true,
  tolerance: true,
  confidence: true,
  signal: true,
});

/** How likely rows are under the probability flow of a model. */
export interface FlowLikelihood {
  /** log p(row) in nats, float64 [count]. With probes unbiased estimates. */
  readonly logLikelihood: Float64Array;
  /** -log p / (d log 2), the mean over the rows. */
  readonly bitsPerDimension: number;
  /** Student's interval of that mean over the law of the rows, which takes them as independent; absent for a single row. */
  readonly interval?: Interval | undefined;
  /** Evaluations of the derivative of the flow, the mean over the rows; each is one of the denoiser and of its Jacobian-vector products, one a direction. */
  readonly evaluations: number;
}

/**
 * The density of the law that the probability flow of a denoiser makes of N(0, I), at each row: the flow is followed to the noise in float64 by Runge-Kutta of orders 5 and 4, with the trace of
 * the denoiser's Jacobian on the way (Song et al., arXiv 2011.13456, appendix D.2; Hutchinson's probes: Grathwohl et al., arXiv 1810.01367). An estimate of the flow itself and no
 * bound: samplers with steps of another kind have another law.
 * @throws ArgumentError, ArgumentTypeError; FedscoreError FEDSCORE_UNSUPPORTED for denoisers without Jacobian-vector products or with classes, FEDSCORE_NON_FINITE.
 */
export function flowLikelihood(engine: Engine, options: FlowLikelihoodOptions): FlowLikelihood {
  const {
    denoiser,
    schedule,
    states,
    probes,
    seed = 0,
    firstRow = 0,
    ...rest
  } = requireOptions("options", options, likelihoodKeys);
  const { tolerance = defaultTolerance, confidence = 0.95, signal } = rest;
  requireMethods("denoiser", denoiser, ["open"]);
  const d = requireInteger("denoiser.dimension", denoiser.dimension, 1);
  requireFloats("states", states);
  requireNumbers("states", states);
  const count = requireInteger("states.length / denoiser.dimension", states.length / d, 1);
  requireInteger("seed", seed, 0);
  requireInteger("firstRow", firstRow, 0, 2 ** 32 - count);
  requireConfidence(confidence, 0);
  const rows = probes === undefined ? requireExact(d) : requireInteger("probes", probes, 1, 4096);
  const { tMin, tMax } = requireSchedule(schedule);
  const ends = [logSnrAt("from", schedule, rest.from ?? tMin), logSnrAt("to", schedule, rest.to ?? tMax)] as const;
  const logLikelihood = new Float64Array(count);
  const moments = new RunningMoments();
  let evaluations = 0;
  requireEngine(engine).arena.scope(() => {
    const session = requireJvp(denoiser.open(engine, rows), "the likelihood");
    if (session.begin) {
      const message = "the likelihood knows nothing of denoisers that tell samples apart, as by classes";
      throw new FedscoreError("FEDSCORE_UNSUPPORTED", message);
    }
    const flow = new ProbabilityFlow(engine, session, schedule, d, rows);
    for (let row = 0; row < count; row++) {
      throwIfAborted(signal);
      const point = Float64Array.of(...states.subarray(row * d, (row + 1) * d), 0);
      const directions = probes === undefined ? axes(d) : signs(engine, rows, d, seed, firstRow + row);
      evaluations += flow.moveWithDensity(point, ends, tolerance, directions).evaluations;
      const squares = point.subarray(0, d).reduce((sum, value) => sum + value * value, 0);
      // What the flow added to log p on the way to N(0, I) is taken off again.
      logLikelihood[row] = -0.5 * squares - 0.5 * d * Math.log(2 * Math.PI) - point[d];
      moments.add(-logLikelihood[row] / (d * Math.LN2));
    }
  });
  finiteEntries("logLikelihood", logLikelihood);
  return {
    logLikelihood,
    bitsPerDimension: moments.mean,
    ...(count > 1 && { interval: moments.interval(confidence) }),
    evaluations: evaluations / count,
  };
}

function requireExact(d: number): number {
  if (d <= mostExact) return d;
  throw new ArgumentError("probes", `must be given beyond ${mostExact} dimensions, of which there are ${d}`, undefined);
}

function axes(d: number): Directions {
  return { values: Float32Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0)), weight: 1 };
}

/** Independent signs, the same for a row whichever others there are. */
function signs(engine: Engine, rows: number, d: number, seed: number, row: number): Directions {
  const drawn = words(engine, rows * d, { seed, purpose: Purpose.likelihood, client: row });
  return { values: Float32Array.from(drawn, (word) => (word >= 2 ** 31 ? 1 : -1)), weight: 1 / rows };
}
