import { requireFloats, requireFunction, requireInteger, requireNumbers, requireObject } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { inOrder } from "../../workers/concurrent.js";
import { hold } from "../../workers/task.js";
import { requirePool, type WorkerPool } from "../../workers/worker-pool.js";
import { noiseEntropy } from "../coding-costs.js";
import type { Rows } from "../denoising-errors.js";
import { bestBet, bettingLowerEnd } from "../lower-bound/betting.js";
import { moments } from "../lower-bound/groups.js";
import { type DrawRange, type InformationSetup, informationDraws } from "./information-task.js";
import { requireSplitConfidence } from "./split-confidence.js";

/** Rows of a law, and the noise under which its entropy is asked for; see `rowEntropy`. */
export interface RowEntropyRequest {
  /** Independent draws of the law, at least two. */
  readonly rows: Rows;
  /** log(alpha^2 / sigma^2) of each level, at least one. */
  readonly logSnr: ArrayLike<number>;
  readonly seed: number;
}

/** How sure the ends are to be, at what cost, and who watches; see `rowEntropy`. */
export interface RowEntropyOptions {
  /** One-sided confidence with which the ends of all levels hold at once, in (0, 1 - 1e-9]. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Monte Carlo draws at each level, at least; every row is visited equally often; at most 2^24. Default 16,384. */
  readonly draws?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with how much is done, and of how much. */
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

/** The entropy of a law under noise, from rows; nats. */
export interface RowEntropy {
  readonly logSnr: number;
  /** h(qhat) of the mixture of the noised rows, by Monte Carlo: what the end is made from, and too low as an estimate of h(q). */
  readonly entropy: number;
  /** Lower confidence end of h(q), q the law under this noise. */
  readonly lower: number;
  /** `lower` less the entropy of the noise: so much of I(X_0; X_t) is certain. At most log n for n rows. */
  readonly information: number;
  readonly draws: number;
}

const requestKeys = keysOf<RowEntropyRequest>({ rows: true, logSnr: true, seed: true });
/** A thousand times the default: what is left of the Monte Carlo error is then far below that of any number of rows. */
const mostDraws = 2 ** 24;

const optionKeys = keysOf<RowEntropyOptions>({ confidence: true, draws: true, signal: true, onAdvance: true });

/** Levels whose ends can hold at once: each needs more than 1e-12 of the error probability. */
export const mostLevels = 200;
/** Draws of one call. */
const callDraws = 256;
/** Draws that choose the bet, at most. */
const mostPilotDraws = 1024;
/** Log ratios are cut from below here: E e^-W = 1, so that lifts their mean by at most e^-cut. */
const cut = 12;

/**
 * Lower confidence ends of the entropy h(q) of X_t = alpha X_0 + sigma Z from n independent rows of X_0, for any law. The entropy of their mixture qhat is
 * h(q) at most in the mean, since entropy is concave, and moves by at most (1 + log n) / n with one row (McDiarmid 1989):
 *
 *     h(q) >= h(qhat) - (1 + log n) sqrt(log(1 / a) / (2 n))      with probability 1 - a.
 *
 * h(qhat) is a mean over draws, whose own lower end is found by betting. The same numbers for any number of workers. docs/theory.md, 5a.
 */
export async function rowEntropy(
  pool: WorkerPool,
  request: RowEntropyRequest,
  options: RowEntropyOptions = {},
): Promise<RowEntropy[]> {
  const { rows, logSnr, seed } = requireOptions("request", request, requestKeys);
  const { confidence = 0.95, draws = 16_384, signal, onAdvance } = requireOptions("options", options, optionKeys);
  requirePool(pool);
  const { points, dimension } = requireObject("rows", rows);
  requireFloats("rows.points", points);
  requireInteger("rows.dimension", dimension, 1);
  const count = requireInteger("rows.points.length / dimension", points.length / dimension, 2);
  requireNumbers("logSnr", logSnr);
  requireInteger("logSnr.length", logSnr.length, 1, mostLevels);
  requireInteger("seed", seed, 0);
  requireInteger("draws", draws, 2, mostDraws);
  requireSplitConfidence(confidence);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  const levels = Float64Array.from(logSnr);
  const pilot = Math.min(count, mostPilotDraws);
  const evidence = count * Math.ceil(draws / count);
  const found = await draw(pool, { rows, logSnr: levels, pilot, seed }, pilot + evidence, { signal, onAdvance });
  const error = (1 - confidence) / levels.length / 2;
  const deviation = entropyDeviation(count, error);
  return found.map((log, level) => {
    const noise = noiseEntropy(dimension, { logSnr: levels[level] });
    const { mean } = moments(log.subarray(pilot), (value) => value);
    const information = Math.max(0, meanFromBelow(log, pilot, Math.log(count), 1 - error) - deviation);
    return { logSnr: levels[level], entropy: noise + mean, lower: noise + information, information, draws: evidence };
  });
}

/** How far below its mean the entropy of a mixture of n noised rows lies with probability at most `errorProbability`: (1 + log n) sqrt(log(1/a) / (2 n)). */
export function entropyDeviation(rows: number, errorProbability: number): number {
  return (1 + Math.log(rows)) * Math.sqrt(-Math.log(errorProbability) / (2 * rows));
}

/** The draws of each level, float64 [draws]. */
async function draw(
  pool: WorkerPool,
  setup: InformationSetup,
  draws: number,
  { signal, onAdvance }: Pick<RowEntropyOptions, "signal" | "onAdvance">,
): Promise<Float64Array[]> {
  const found = Array.from(setup.logSnr, () => new Float64Array(draws));
  const ranges = found.flatMap((_, level) => rangesOf(level, draws));
  const task = hold(pool, informationDraws, setup);
  const from = async (range: DrawRange) => ({ ...range, values: await task.call(range, { signal }) });
  let done = 0;
  try {
    for await (const { level, first, count, values } of inOrder(ranges, pool.size + 1, from)) {
      found[level].set(values, first);
      done += count;
      onAdvance?.(done, draws * found.length);
    }
  } finally {
    task.close();
  }
  return found;
}

function rangesOf(level: number, draws: number): DrawRange[] {
  return Array.from({ length: Math.ceil(draws / callDraws) }, (_, call) => {
    const first = call * callDraws;
    return { level, first, count: Math.min(callDraws, draws - first) };
  });
}

/** Lower end of the mean of log ratios of which none exceeds `most`; the first ones choose the bet. 0 is one: information is not negative. */
function meanFromBelow(log: Float64Array, pilot: number, most: number, confidence: number): number {
  const clipped = log.map((value) => Math.min(most, Math.max(-cut, value)));
  const { mean, variance } = moments(clipped.subarray(0, pilot), (value) => value);
  const evidence = clipped.subarray(pilot);
  const { bet } = bestBet(mean, variance, -cut, evidence.length, confidence);
  return bettingLowerEnd(evidence, -cut, bet, confidence) - Math.exp(-cut);
}
