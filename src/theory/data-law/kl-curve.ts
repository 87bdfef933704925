import { levelsOf } from "../../diffusion/grid.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import { requireFloats, requireFunction, requireInteger, requireObject } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { keysOf, requireOptions } from "../../options.js";
import { requirePool, type WorkerPool } from "../../workers/worker-pool.js";
import type { Assumption } from "../bound.js";
import { type CodingCosts, type CodingProblem, codingCosts, noiseEntropy } from "../coding-costs.js";
import { type CodingSamplerName, codingSamplers } from "../coding-samplers.js";
import type { Rows } from "../denoising-errors.js";
import type { TheoremId } from "../registry/index.js";
import { meanWithEnd } from "../row-mean.js";
import { mostLevels, type RowEntropy, rowEntropy } from "./row-entropy.js";
import { requireSplitConfidence } from "./split-confidence.js";

/** Which network is compared with the law of which rows; see `lawKlCurve`. */
export interface LawKlRequest extends CodingProblem {
  /** Rows for the entropy of the law: independent draws in the coordinates of the network. Default: the held-out rows. */
  readonly entropyRows?: Rows | undefined;
}

/** How sure the curve is to be, how fine, and who watches; see `lawKlCurve`. */
export interface LawKlOptions {
  /** One-sided confidence with which all points of the curve hold at once, in (0, 1 - 1e-9]. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Points of the curve, at most: evenly spaced in log snr, from the first step to the last. Default 12. */
  readonly points?: number | undefined;
  /** Held-out rows to use, at most. Default: all. */
  readonly rows?: number | undefined;
  /** Monte Carlo draws for each entropy; see `rowEntropy`. */
  readonly draws?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with how much is done, and of how much. */
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

/** What is certain where the sampler stops after so many steps; nats. */
export interface LawKlPoint {
  readonly steps: number;
  readonly logSnr: number;
  /** sigma / alpha: the noise on the data that is left there, in the units of the rows. */
  readonly noise: number;
  /** Variational bound on E[-log p_theta(X_t)] and its upper end. */
  readonly crossEntropy: number;
  readonly crossEntropyUpper: number;
  /** Entropy of the mixture of the noised rows, and the lower end of h(q_t). */
  readonly entropy: number;
  readonly entropyLower: number;
  /** So much of I(X_0; X_t) is certain. */
  readonly information: number;
  /** crossEntropyUpper - entropyLower: KL(q_t || p_theta) is at most this. */
  readonly upper: number;
}

/** Upper confidence ends of KL(q_t || p_theta) for the law of the data, over the level t at which sampling stops. */
export interface LawKlCurve {
  readonly theorem: TheoremId;
  readonly unit: "nats";
  /** p_theta is the law of this sampler, stopped. */
  readonly sampler: CodingSamplerName;
  /** All points hold at once with it. */
  readonly confidence: number;
  /** By falling noise; the last is the end of the grid. */
  readonly points: readonly LawKlPoint[];
  /** Rows that are coded, and rows of the entropy. */
  readonly rows: { readonly coded: number; readonly entropy: number };
  /** Monte Carlo draws of each entropy. */
  readonly draws: number;
  readonly assumptions: readonly Assumption[];
}

const requestKeys = keysOf<LawKlRequest>({
  schedule: true,
  grid: true,
  sampler: true,
  heldOut: true,
  denoiser: true,
  seed: true,
  entropyRows: true,
});
const optionKeys = keysOf<LawKlOptions>({
  confidence: true,
  points: true,
  rows: true,
  draws: true,
  signal: true,
  onAdvance: true,
});

/**
 * KL(q_t || p_theta) = E_q[-log p_theta] - h(q_t) from above, q_t the LAW of the data under noise and not that of its rows: the variational bound on
 * held-out rows less a lower end of the entropy from rows. p_theta is the law of the sampler that stops at t. Half of the error probability goes
 * to each part, equal shares of it to each point. Rows alone certify at most log n nats of I(X_0; X_t), so the curve says something where the noise
 * leaves no more than that. docs/theory.md, 5a.
 */
export async function lawKlCurve(
  pool: WorkerPool,
  request: LawKlRequest,
  options: LawKlOptions = {},
): Promise<LawKlCurve> {
  const { entropyRows, ...problem } = requireOptions("request", request, requestKeys);
  const {
    confidence = 0.95,
    points = 12,
    rows,
    draws,
    signal,
    onAdvance,
  } = requireOptions("options", options, optionKeys);
  requirePool(pool);
  const { heldOut, seed, sampler = "ancestral" } = problem;
  memberNamed(codingSamplers, "sampler", sampler);
  requireObject("heldOut", heldOut);
  requireFloats("heldOut.points", heldOut.points);
  requireInteger("heldOut.dimension", heldOut.dimension, 1);
  requireSplitConfidence(confidence);
  requireInteger("points", points, 1, mostLevels);
  if (rows !== undefined) requireInteger("rows", rows, 2);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  const available = requireInteger("heldOut.points.length / dimension", heldOut.points.length / heldOut.dimension, 2);
  const levels = levelsOf(problem.schedule, problem.grid);
  const stops = stopsOf(levels, points);
  const coded = Math.min(available, rows ?? available);
  const halves = halvesOf(onAdvance);
  const costs = await codingCosts(pool, problem, coded, stops, { signal, onAdvance: halves.first });
  const each = 1 - (1 - confidence) / 2;
  const logSnr = stops.map((stop) => levels[stop].logSnr);
  const entropies = await rowEntropy(
    pool,
    { rows: entropyRows ?? heldOut, logSnr, seed },
    { confidence: each, draws, signal, onAdvance: halves.second },
  );
  const { dimension } = heldOut;
  const pointConfidence = 1 - (1 - confidence) / 2 / stops.length;
  return {
    theorem: "row-entropy",
    unit: "nats",
    sampler,
    confidence,
    points: stops.map((steps, index) =>
      pointOf({ steps, dimension, level: levels[steps], costs, index, entropy: entropies[index] }, pointConfidence),
    ),
    rows: { coded, entropy: (entropyRows ?? heldOut).points.length / dimension },
    draws: entropies[0].draws,
    assumptions: assumptionsOf(coded, sampler, `grid ${problem.grid.name} of schedule ${problem.schedule.name}`),
  };
}

/** Numbers of steps at about equal distances of log snr; the whole grid is the last. */
function stopsOf(levels: readonly NoiseLevel[], points: number): number[] {
  const last = levels.length - 1;
  const [low, high] = [levels[1].logSnr, levels[last].logSnr];
  const wanted = Array.from({ length: points - 1 }, (_, i) => low + ((high - low) * i) / Math.max(1, points - 1));
  const nearest = wanted.map((logSnr) => {
    let best = 1;
    for (let k = 2; k <= last; k++)
      if (Math.abs(levels[k].logSnr - logSnr) < Math.abs(levels[best].logSnr - logSnr)) best = k;
    return best;
  });
  return [...new Set([...nearest, last])];
}

interface PointParts {
  readonly steps: number;
  readonly dimension: number;
  readonly level: NoiseLevel;
  readonly costs: CodingCosts;
  /** Of the stop. */
  readonly index: number;
  readonly entropy: RowEntropy;
}

function pointOf({ steps, dimension, level, costs, index, entropy }: PointParts, confidence: number): LawKlPoint {
  const { initialization, denoising } = costs;
  const noise = noiseEntropy(dimension, level);
  const whole = meanWithEnd(
    denoising[index].map((path, row) => path + initialization[row]),
    confidence,
  );
  return {
    steps,
    logSnr: level.logSnr,
    noise: level.sigma / level.alpha,
    crossEntropy: whole.mean + noise,
    crossEntropyUpper: whole.upper + noise,
    entropy: entropy.entropy,
    entropyLower: entropy.lower,
    information: entropy.information,
    upper: whole.upper - entropy.information,
  };
}

/** One count of progress for two parts of about equal length. */
function halvesOf(onAdvance: LawKlOptions["onAdvance"]) {
  if (!onAdvance) return { first: undefined, second: undefined };
  const whole = 1000;
  const at = (begun: number) => (done: number, of: number) =>
    onAdvance(Math.floor((whole * (begun + done / of)) / 2), whole);
  return { first: at(0), second: at(1) };
}

function assumptionsOf(rows: number, sampler: string, grid: string): Assumption[] {
  return [
    {
      statement: `samples come from the ${sampler} sampler, stopped on this grid`,
      met: true,
      evidence: grid,
    },
    {
      statement:
        "the rows are independent draws of the data law, and neither training nor transforms nor grid saw the held-out ones",
      met: true,
      assumed: true,
      evidence: `${rows} held-out rows`,
    },
    {
      statement: "no coding cost is hidden that no row announced",
      met: true,
      assumed: true,
      evidence:
        "that of the end of the variational bound (docs/theory.md, 2g); the end of the entropy needs nothing of the kind",
    },
  ];
}
