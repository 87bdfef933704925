import { levelsOf } from "../../diffusion/grid.js";
import type { Bound } from "../../theory/bound.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import type { LowerBound } from "../../theory/lower-bound/lower-bound.js";
import { type Sandwich, type SandwichRow, sandwich, type Unavailable } from "../../theory/sandwich.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { isNotComputed, type NotComputed, type Part } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import type { Certification } from "./certify.js";
import { boundFromBelow, estimateByNeighbours } from "./sample-comparison.js";
import type { CertificationSubject } from "./subject.js";

/** Fewest samples that the lower bound and the estimate by nearest neighbours both take. */
const leastRows = 20;
/** The estimate by nearest neighbours meets all pairs of at most so many rows, and of at most pairWork / dimension pairs. */
const mostNeighbourRows = 10_000;
const pairWork = 1e9;

/** What was computed about KL(q_delta || p_theta) of a trained network, from below to above. */
export interface BoundComparison {
  readonly lowerBound: Part<LowerBound | Unavailable>;
  /** Not computed where the lower bound exceeds the certificate. */
  readonly sandwich: Part<ComparedRows>;
}

/** A sandwich whose estimates say by code where they could not be computed. */
export interface ComparedRows extends Omit<Sandwich, "rows"> {
  readonly rows: readonly (SandwichRow & { readonly estimate?: NotComputed })[];
}

export interface ComparisonParts {
  /** x_delta of the subject's sampler, float32 [rows, dimension], in the coordinates of the network; only called where it is compared. */
  readonly samples: () => Promise<Part<Float32Array>>;
  readonly certification: Certification;
  /** One-sided confidence of the lower bound. */
  readonly confidence: number;
  readonly apriori: Part<Bound | Unavailable>;
  /** That of the network after the last round; absent: no such row. */
  readonly aprioriLast?: Part<Bound | Unavailable> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The measured lower bound and the estimate by nearest neighbours of a network's samples against fresh rows of the run's law noised to the
 * grid's last level, beside the certificate and the a-priori bound. Invertible transforms change no KL, so all of it is computed in the
 * coordinates of the network. Without an exact law there is nothing to draw fresh rows from: lower bound and estimate say so.
 */
export async function compareBounds(
  pool: WorkerPool,
  subject: CertificationSubject,
  { samples: draw, certification, confidence, apriori, aprioriLast, signal }: ComparisonParts,
): Promise<BoundComparison> {
  const { lowerBound, neighbours } = await measureBelow(pool, subject, draw, confidence, signal);
  const { certificate, reason } = certification;
  const compare = () => {
    const { rows, notes } = sandwich({
      lowerBound: inSandwich(lowerBound),
      estimates: { "nearest neighbours": inSandwich(neighbours) },
      certificate: certificate ? inSandwich(certificate) : { unavailable: reason ?? "there is no certificate" },
      apriori: inSandwich(apriori),
      ...(aprioriLast && { aprioriLast: inSandwich(aprioriLast) }),
    });
    const failed = isNotComputed(neighbours) ? { estimate: neighbours } : {};
    return finite("sandwich", {
      rows: rows.map((row) => (row.role === "estimate" ? { ...row, ...failed } : row)),
      notes,
    });
  };
  return { lowerBound, sandwich: await attempt(compare) };
}

/** A part as a row of the sandwich. */
function inSandwich<T>(part: Part<T>): T | Unavailable {
  return isNotComputed(part) ? { unavailable: `not computed: ${part.notComputed}` } : part;
}

async function measureBelow(
  pool: WorkerPool,
  { law: found, schedule, grid, network, seed }: CertificationSubject,
  draw: ComparisonParts["samples"],
  confidence: number,
  signal: AbortSignal | undefined,
) {
  if (!("law" in found)) return both({ unavailable: found.reason });
  const { dimension } = network.spec;
  const samples = await draw();
  if (isNotComputed(samples)) return both(samples);
  const rows = samples.length / dimension;
  if (rows < leastRows) return both({ unavailable: `needs at least ${leastRows} samples, sampling.count is ${rows}` });
  const level = levelsOf(schedule, grid).at(-1);
  if (!level) return both({ unavailable: "the grid has no level" });
  const input = { law: found.law, level, samples, dimension, seed: derivedSeed(seed, "lowerBound") };
  const paired = Math.min(mostNeighbourRows, Math.floor(Math.sqrt(pairWork / dimension)));
  const near = { ...input, samples: samples.subarray(0, paired * dimension) };
  const [neighbours, lowerBound] = await Promise.all([
    attempt(async () => finite("estimate", await pool.call(estimateByNeighbours, near, { signal }))),
    attempt(async () => finite("lowerBound", await pool.call(boundFromBelow, { ...input, confidence }, { signal }))),
  ]);
  return { lowerBound, neighbours };
}

function both<Why extends Part<Unavailable>>(why: Why): { readonly lowerBound: Why; readonly neighbours: Why } {
  return { lowerBound: why, neighbours: why };
}
