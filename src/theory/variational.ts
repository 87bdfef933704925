import { levelsOf } from "../diffusion/grid.js";
import { requireFloats, requireFunction, requireInteger, requireObject } from "../errors.js";
import { memberNamed } from "../family.js";
import { keysOf, requireOptions } from "../options.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { type Bound, type BoundTerm, bitsPerDimension, missedEvents } from "./bound.js";
import { type CodingProblem, codingCosts, noiseEntropy } from "./coding-costs.js";
import { codingSamplers } from "./coding-samplers.js";
import { requireConfidence } from "./confidence.js";
import { meanWithEnd, type RowMean } from "./row-mean.js";

/** Whose held-out rows are to be coded with which denoiser; see `variationalBound`. */
export type VariationalRequest = CodingProblem;

/** How sure the bound is to be, and who watches; see `variationalBound`. */
export interface VariationalOptions {
  /** Most rows to use. Default: all. */
  readonly rows?: number | undefined;
  /** One-sided confidence of `upper`, in (0, 1 - 1e-12]. Default 0.95. */
  readonly confidence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with how much is done, and of how much. */
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

const requestKeys = keysOf<VariationalRequest>({
  schedule: true,
  grid: true,
  sampler: true,
  heldOut: true,
  denoiser: true,
  seed: true,
});

const optionKeys = keysOf<VariationalOptions>({ rows: true, confidence: true, signal: true, onAdvance: true });

/**
 * Upper bound on E[-log p_theta(X_delta)] for the ancestral sampler, in nats per point, over held-out X_0:
 *
 *     E KL(N(alpha X_0, sigma^2 I) || N(0, I)) + 1/2 sum_k (snr_{k+1} - snr_k) E|X_0 - x0hat_theta(X_k)|^2 + d/2 log(2 pi e sigma_delta^2)
 *
 * (Kingma et al., arXiv 2107.00630); for `analytic`, whose steps are wider by 1 + lambda_k, each square is divided by 1 + lambda_k, and
 * d/2 (log(1 + lambda_k) - lambda_k / (1 + lambda_k)) is added, and for `analytic-diagonal` the same coordinate by coordinate; for `jvp` and
 * `full-covariance` a step costs the KL of two Gaussians, docs/theory.md, 2k. The first term is the prior's cross-entropy less an entropy that the I-MMSE identity gives back, so
 * it is not an inequality. Rows are the independent units of the end. Needs no density of the data; bounds no KL.
 */
export async function variationalBound(
  pool: WorkerPool,
  request: VariationalRequest,
  options: VariationalOptions = {},
): Promise<Bound> {
  const {
    schedule,
    grid,
    sampler = "ancestral",
    heldOut,
    denoiser,
    seed,
  } = requireOptions("request", request, requestKeys);
  memberNamed(codingSamplers, "sampler", sampler);
  const { rows, confidence = 0.95, signal, onAdvance } = requireOptions("options", options, optionKeys);
  const { points, dimension } = requireObject("heldOut", heldOut);
  requireFloats("heldOut.points", points);
  requireInteger("heldOut.dimension", dimension, 1);
  if (rows !== undefined) requireInteger("rows", rows, 2);
  requireConfidence(confidence, 0);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  const available = requireInteger("heldOut.points.length / dimension", points.length / dimension, 2);
  const count = Math.min(available, rows ?? available);
  const levels = levelsOf(schedule, grid);
  const problem = { schedule, grid, sampler, heldOut, denoiser, seed };
  const { initialization, denoising } = await codingCosts(pool, problem, count, [levels.length - 1], {
    signal,
    onAdvance,
  });
  const costs = { initialization, denoising: denoising[0] };
  const last = levels[levels.length - 1];
  const entropy = noiseEntropy(dimension, last);
  const whole = meanWithEnd(
    costs.denoising.map((path, row) => path + costs.initialization[row]),
    confidence,
  );
  const term = (each: RowMean, meaning: string): BoundTerm => ({ value: each.mean, upper: each.upper, meaning });
  const upper = whole.upper + entropy;
  const caveat = missedEvents(count, "held-out rows");
  return {
    name: "variational bound on -E log p of q_delta on held-out data",
    theorem: "variational",
    value: whole.mean + entropy,
    upper,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(upper, dimension),
    confidence,
    terms: {
      initialization: term(
        meanWithEnd(costs.initialization, confidence),
        "E KL(q(x_T | x_0) || N(0, I)): what is left of the data at T",
      ),
      denoising: term(
        meanWithEnd(costs.denoising, confidence),
        "what the denoiser gets wrong about held-out points, weighted by the grid",
      ),
      entropy: {
        value: entropy,
        upper: entropy,
        meaning: "d/2 log(2 pi e sigma_delta^2): entropy of the noise that is left at delta",
      },
    },
    assumptions: [
      {
        statement: `samples come from the ${sampler} sampler on this grid`,
        met: true,
        evidence: `grid ${grid.name} of schedule ${schedule.name}, log snr ${levels[0].logSnr.toFixed(2)} to ${last.logSnr.toFixed(2)}`,
      },
      {
        statement: "the rows are independent draws of the data law that training never saw",
        met: true,
        evidence: `${count} held-out rows, the independent units of the end`,
      },
      {
        statement: "no event that is too rare to be among the rows matters",
        met: true,
        assumed: true,
        evidence: `not checked: ${caveat}`,
      },
      {
        statement: `no cost is hidden that no row announced: rows that cost more than ${Number(whole.ceiling.toPrecision(3))} nats above the middle cost at most twice that above it on average`,
        met: true,
        assumed: true,
        evidence: "none of the rows costs more; nothing else is assumed of the law of the costs (docs/theory.md, 2g)",
      },
      {
        statement: "densities are with respect to the coordinates that the network sees, after the transforms",
        met: true,
        evidence: "bits per dimension of two runs compare only under the same transforms and the same delta",
      },
    ],
    interval: { low: whole.interval.low + entropy, high: whole.interval.high + entropy, confidence },
    samples: count,
    caveat,
  };
}
