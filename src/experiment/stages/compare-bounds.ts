import { levelsOf } from "../../diffusion/grid.js";
import type { Bound } from "../../theory/bound.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import type { LowerBound } from "../../theory/lower-bound/lower-bound.js";
import { type Sandwich, sandwich, type Unavailable } from "../../theory/sandwich.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
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
  readonly lowerBound: LowerBound | Unavailable;
  readonly sandwich: Sandwich;
}

export interface ComparisonParts {
  /** x_delta of the subject's sampler, float32 [rows, dimension], in the coordinates of the network; only called where it is compared. */
  readonly samples: () => Promise<Float32Array>;
  readonly certification: Certification;
  /** One-sided confidence of the lower bound. */
  readonly confidence: number;
  readonly apriori: Bound | Unavailable;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The measured lower bound and the estimate by nearest neighbours of a network's samples against fresh rows of the run's law noised to the
 * grid's last level, beside the certificate and the a-priori bound. Invertible transforms change no KL, so all of it is computed in the
 * coordinates of the network. Without an exact law there is nothing to draw fresh rows from: lower bound and estimate say so.
 * @throws FedscoreError FEDSCORE_BOUND_VIOLATED where the lower bound exceeds the certificate.
 */
export async function compareBounds(
  pool: WorkerPool,
  subject: CertificationSubject,
  { samples: draw, certification, confidence, apriori, signal }: ComparisonParts,
): Promise<BoundComparison> {
  const { lowerBound, neighbours } = await measureBelow(pool, subject, draw, confidence, signal);
  const { certificate, reason } = certification;
  return {
    lowerBound,
    sandwich: sandwich({
      lowerBound,
      estimates: { "nearest neighbours": neighbours },
      certificate: certificate ?? { unavailable: reason ?? "there is no certificate" },
      apriori,
    }),
  };
}

async function measureBelow(
  pool: WorkerPool,
  { law: found, schedule, grid, network, seed }: CertificationSubject,
  draw: () => Promise<Float32Array>,
  confidence: number,
  signal: AbortSignal | undefined,
) {
  if (!("law" in found)) return bothUnavailable(found.reason);
  const { dimension } = network.spec;
  const samples = await draw();
  const rows = samples.length / dimension;
  if (rows < leastRows) return bothUnavailable(`needs at least ${leastRows} samples, sampling.count is ${rows}`);
  const level = levelsOf(schedule, grid).at(-1);
  if (!level) return bothUnavailable("the grid has no level");
  const input = { law: found.law, level, samples, dimension, seed: derivedSeed(seed, "lowerBound") };
  const paired = Math.min(mostNeighbourRows, Math.floor(Math.sqrt(pairWork / dimension)));
  const [neighbours, lowerBound] = await Promise.all([
    pool.call(estimateByNeighbours, { ...input, samples: samples.subarray(0, paired * dimension) }, { signal }),
    pool.call(boundFromBelow, { ...input, confidence }, { signal }),
  ]);
  return { lowerBound, neighbours };
}

function bothUnavailable(reason: string) {
  return { lowerBound: { unavailable: reason }, neighbours: { unavailable: reason } };
}
