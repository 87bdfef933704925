import { FedscoreError } from "../../errors.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { type KlInterval, weighedRows } from "../../theory/interval/kl-interval.js";
import { klIntervalInPool } from "../../theory/interval/kl-interval-in-pool.js";
import type { Unavailable } from "../../theory/sandwich.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { CertificateConfig } from "../config/certificate.js";
import type { Part } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import type { CertificationOptions } from "./certify.js";
import { gridFor } from "./grid-for.js";
import type { CertificationSubject } from "./subject.js";
import { whatIsBounded, withAssumptions } from "./what-is-bounded.js";

/** Rows that the interval of these settings weighs, of both kinds. */
export function intervalRows({ intervalRows }: Pick<CertificateConfig, "intervalRows">): number {
  return intervalRows === 0 ? 0 : 2 * weighedRows(intervalRows);
}

/**
 * The two-sided interval of KL(q_delta || p_theta) where the law's density is known and the sampler's steps are Gaussian; else why there is none.
 * Undefined where the settings ask for none.
 */
export async function intervalOf(
  pool: WorkerPool,
  subject: CertificationSubject,
  settings: CertificateConfig,
  { signal, onAdvance }: CertificationOptions = {},
): Promise<Part<KlInterval | Unavailable> | undefined> {
  if (settings.intervalRows === 0) return undefined;
  const { law: found, sampler, seed, network, scheduleSpec: schedule } = subject;
  if (!("law" in found)) return { unavailable: found.reason };
  if (subject.uncertified !== undefined) return { unavailable: subject.uncertified };
  const { law } = found;
  const { intervalProposal: proposal, defensiveShare: share } = settings;
  const options = {
    rows: settings.intervalRows,
    k: settings.intervalPaths,
    confidence: settings.confidence,
    proposal,
    ...(share !== undefined && { defensive: { share } }),
    ...(signal && { signal }),
    onProgress: ({ rows, of }: { readonly rows: number; readonly of: number }) => onAdvance?.(rows, of),
  };
  return attempt(async () => {
    try {
      const grid = await gridFor(pool, subject, signal);
      const request = { schedule, grid, sampler, law, network, seed: derivedSeed(seed, "interval") };
      const interval = finite("klInterval", await klIntervalInPool(pool, request, options));
      return withAssumptions(interval, whatIsBounded(subject, "interval"));
    } catch (error) {
      if (error instanceof FedscoreError && error.code === "FEDSCORE_UNSUPPORTED")
        return { unavailable: error.message };
      throw error;
    }
  });
}
