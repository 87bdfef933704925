import { needsJacobian } from "../../diffusion/curvature.js";
import { FedscoreError, requireInteger } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { type Assumption, bitsPerDimension, missedEvents } from "../bound.js";
import { requireConfidence } from "../confidence.js";
import type { TheoremId } from "../registry/index.js";
import { requireCovariances } from "../step-noise.js";
import { type BlockCells, blockCells, mostFactorOf } from "./block-cells.js";
import { chosenProposal } from "./choose-proposal.js";
import { type DefensiveEnd, defensiveEnd } from "./defensive-end.js";
import { type DefensiveOptions, defensiveSampler } from "./defensive-sampler.js";
import { gaussianSteps } from "./gaussian-steps.js";
import { type HighEnd, highEnd } from "./high-end.js";
import { joinedRows } from "./joined-rows.js";
import { lowEnd } from "./low-end.js";
import { type ProposalName, proposals } from "./proposals/index.js";
import type { IntervalProblem, RowRequest, RowWeights } from "./row-weights.js";
import { blockRows } from "./weighted-rows.js";

/** How sure an interval is to be, and what it may cost; see `klIntervalInPool`. */
export interface KlIntervalOptions {
  /** Rows of the law, and as many of the sampler, >= 1: rounded up to blocks of 64, of which there are at least four. Default 3,072. */
  readonly rows?: number | undefined;
  /** Paths a row, K >= 1. Default 16. */
  readonly k?: number | undefined;
  /** Of both ends together, in (0, 1 - 1e-12]. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Default: the best over a pilot: of the lowest upper end, or, where ends do not differ clearly, of the least variance at the same cost. */
  readonly proposal?: ProposalName | undefined;
  /** Asks for an upper end of KL to a defensive sampler too, which assumes nothing. Default: none. */
  readonly defensive?: DefensiveOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of rows that are done. */
  readonly onProgress?: ((done: { readonly rows: number; readonly of: number }) => void) | undefined;
}

/** low <= KL(q_delta || p_theta) <= high, nats, with the stated confidence. */
export interface KlInterval {
  readonly theorem: TheoremId;
  readonly low: number;
  readonly high: number;
  readonly unit: "nats";
  /** Of both ends together; each is missed with at most half of the rest. */
  readonly confidence: number;
  /** high / (d log 2). */
  readonly bitsPerDimension: number;
  /** What the ends come to without their confidence margins. */
  readonly estimates: { readonly low: number; readonly high: number };
  /** Paths a row. */
  readonly k: number;
  readonly rows: { readonly law: number; readonly sampler: number };
  readonly proposal: ProposalName;
  /** Mean variance of log w over the paths of a row, since they were last resampled: where it is much above log k, more paths would narrow the interval. */
  readonly logWeightVariance: number;
  readonly stray: HighEnd["stray"];
  /** Where it is asked for: an upper end of another KL, that to a defensive sampler. */
  readonly defensive?: DefensiveEnd;
  readonly sampler: string;
  readonly dimension: number;
  readonly assumptions: readonly Assumption[];
  /** Which events may have been missed, where any may. */
  readonly caveat?: string;
}

/** Weighs rows somewhere. */
export type RowRunner = (request: RowRequest, signal?: AbortSignal) => Promise<RowWeights>;

const leastBlocks = 4;
/** Most rows of each kind: their numbers fit every stream of random numbers. */
export const mostRows = 2 ** 20;
/** Most paths a row. */
export const mostPathsOfRow = 4096;

export const defaultRows = 3072;
export const defaultPaths = 16;

/** Least deviation of a step's noise in any direction, beside the largest coordinate of a row: float32 states are then rounded by at most 1/160 of it. */
const leastRelativeNoise = 1e-5;

/**
 * A two-sided confidence interval of KL(q_delta || p_theta) from importance weights of the sampler's paths; theorem `importance-weights`.
 * Deterministic for a seed, whatever the number of workers.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the sampler has no Gaussian kernel, float32 does not resolve a step's noise, or the law has no
 * defensive sampler.
 */
export async function klInterval(
  problem: Pick<IntervalProblem, "schedule" | "grid" | "sampler" | "target">,
  weigh: RowRunner,
  options: KlIntervalOptions = {},
): Promise<KlInterval> {
  const { k = defaultPaths, confidence = 0.95, signal } = options;
  const rows = weighedRows(requireInteger("rows", options.rows ?? defaultRows, 1, mostRows));
  requireInteger("k", k, 1, mostPathsOfRow);
  requireConfidence(confidence, 0);
  if (options.proposal !== undefined) memberNamed(proposals, "proposal", options.proposal);
  const { sampler, schedule, grid, target } = problem;
  const steps = gaussianSteps(sampler, schedule, grid, target.dimension);
  if (steps.some(({ curvature }) => curvature && needsJacobian(curvature)))
    requireCovariances(sampler.name, target.dimension);
  const defensive = options.defensive && defensiveSampler(options.defensive, target, steps[steps.length - 1].to);
  const cells = blockCells(target.cells);
  const blocks = new Blocks(cells, weigh, signal);
  const proposal = options.proposal ?? (await blocks.bestProposal(k));
  let done = 0;
  const onBlock = () => {
    done += blockRows;
    options.onProgress?.({ rows: done, of: 2 * rows });
  };
  const [law, own] = await Promise.all([
    blocks.rows("law", rows, k, proposal, onBlock),
    blocks.rows("sampler", rows, k, proposal, onBlock),
  ]);
  requireResolution(sampler.name, Math.min(law.noise, own.noise, ...steps.map(({ spread }) => spread)), law.reach);
  const error = (1 - confidence) / 2;
  const pilot = blockRows * Math.ceil(rows / blockRows / 10);
  const high = highEnd(law, own, error);
  const low = lowEnd(law, own, pilot, error);
  const rowFactors = { pilot, confidence, mostFactor: mostFactorOf(cells) };
  if (low.end > high.end) throw crossed(low.end, high.end, 2 * error);
  const caveat = target.cells ? undefined : missedEvents(rows, "rows of the law");
  return {
    theorem: "importance-weights",
    low: low.end,
    high: high.end,
    unit: "nats",
    confidence,
    bitsPerDimension: bitsPerDimension(high.end, target.dimension),
    estimates: { low: low.estimate, high: high.estimate },
    k,
    rows: { law: rows, sampler: rows },
    proposal,
    logWeightVariance: weightedMean(law.spread, law.factors),
    stray: high.stray,
    ...(defensive && { defensive: defensiveEnd(law, defensive, target.dimension, rowFactors) }),
    sampler: sampler.name,
    dimension: target.dimension,
    assumptions: assumptionsOf(problem, rows, caveat),
    ...(caveat !== undefined && { caveat }),
  };
}

/** Rows of each kind that an interval of so many takes. */
export function weighedRows(rows: number): number {
  return blockRows * Math.max(leastBlocks, Math.ceil(rows / blockRows));
}

/** Rows in blocks, wherever they are weighed. */
class Blocks {
  readonly #cells: BlockCells | undefined;
  readonly #weigh: RowRunner;
  readonly #signal: AbortSignal | undefined;

  constructor(cells: BlockCells | undefined, weigh: RowRunner, signal: AbortSignal | undefined) {
    this.#cells = cells;
    this.#weigh = weigh;
    this.#signal = signal;
  }

  /** The proposal that a pilot speaks for: a block of rows that nothing else sees. */
  async bestProposal(paths: number): Promise<ProposalName> {
    const names = Object.keys(proposals) as ProposalName[];
    const pilots = names.map(async (name) => {
      const draw = (number: number) => this.#block({ of: "law", first: 0, paths, proposal: name, draw: number });
      const [one, other] = await Promise.all([draw(0), draw(1)]);
      return { name, u: [one.u, other.u], factors: one.factors } as const;
    });
    return chosenProposal(await Promise.all(pilots));
  }

  /** `count` rows behind those of the pilot. */
  async rows(
    of: RowRequest["of"],
    count: number,
    paths: number,
    proposal: ProposalName,
    onBlock: () => void,
  ): Promise<RowWeights> {
    const blocks = Array.from({ length: count / blockRows }, async (_, block) => {
      const weights = await this.#block({ of, first: (block + 1) * blockRows, paths, proposal });
      onBlock();
      return weights;
    });
    return joinedRows(await Promise.all(blocks));
  }

  async #block(request: Omit<RowRequest, "count" | "cells">): Promise<RowWeights> {
    const { of } = request;
    const { cells, factors } = this.#cells ?? {};
    const place = of === "law" && cells && { cells };
    const weights = await this.#weigh({ ...request, count: blockRows, ...place }, this.#signal);
    if (of === "sampler" || !factors) return weights;
    return { ...weights, factors: weights.factors.map((factor, row) => factor * factors[row]) };
  }
}

function weightedMean(values: Float64Array, factors: Float64Array): number {
  return values.reduce((sum, value, row) => sum + value * factors[row], 0) / values.length;
}

function requireResolution(sampler: string, noise: number, reach: number): void {
  if (noise >= leastRelativeNoise * reach) return;
  throw new FedscoreError(
    "FEDSCORE_UNSUPPORTED",
    `no interval by importance weights: the least noise of a step of ${sampler} is ${noise.toPrecision(3)}, less than ${leastRelativeNoise} of the largest coordinate ${reach.toPrecision(3)}, beside which float32 does not resolve it`,
    { noise, reach },
  );
}

function crossed(low: number, high: number, chance: number): FedscoreError {
  const message = `the lower end ${low.toPrecision(6)} of the interval exceeds its upper end ${high.toPrecision(6)} nats; chance does this with probability at most ${chance.toPrecision(2)}`;
  return new FedscoreError("FEDSCORE_BOUND_VIOLATED", message, { low, high });
}

function assumptionsOf(
  { target, sampler, grid, schedule }: Pick<IntervalProblem, "schedule" | "grid" | "sampler" | "target">,
  rows: number,
  caveat: string | undefined,
): Assumption[] {
  return [
    { statement: `the data law is ${target.name}, with its density`, met: true, evidence: "closed form" },
    {
      statement: `samples come from ${sampler.name} on the grid ${grid.name} of schedule ${schedule.name}, each step a Gaussian`,
      met: true,
      evidence: `${sampler.source}; weights are evaluated in float64 at the float32 states of the paths`,
    },
    {
      statement: `means over blocks of ${blockRows} rows of the law are near enough to normal for Student's interval at half of its error probability`,
      met: true,
      assumed: true,
      evidence: `${rows / blockRows} blocks for the upper end; the lower end and the stray share need no such thing`,
    },
    ...(caveat === undefined
      ? []
      : [
          {
            statement: "no event that is too rare to be among the rows of the law matters to the upper end",
            met: true,
            assumed: true as const,
            evidence: `not checked, as the law can only be drawn from: ${caveat}`,
          },
        ]),
  ];
}
