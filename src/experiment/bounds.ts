import { createGrid } from "../diffusion/grids/index.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import type { AprioriReport } from "../theory/apriori/apriori-bound.js";
import type { DroppedUpdate } from "../theory/apriori/run-kind.js";
import type { Bound } from "../theory/bound.js";
import type { Unavailable } from "../theory/sandwich.js";
import { type Certification, type CertificationSubject, certifyRun } from "./certification.js";
import type { CertificateConfig } from "./config/certificate.js";
import type { FixedGridConfig } from "./config/diffusion.js";
import type { ReadyRun } from "./ready-run.js";
import { sampleInPool, sampleRequest } from "./sampling.js";
import { type BoundComparison, compareBounds } from "./sandwich.js";

/** The certificate of the trained network; undefined where the config asks for none. */
export async function certifyTrained(run: ReadyRun, grid: FixedGridConfig): Promise<Certification | undefined> {
  const { config, pool, signal, onProgress } = run;
  const settings = config.certificate;
  if (!settings) return undefined;
  onProgress({ kind: "stage", stage: "certificate", done: 0, total: settings.paths });
  const onAdvance = (done: number, total: number) => onProgress({ kind: "advance", stage: "certificate", done, total });
  return certifyRun(pool, certificationSubject(run, grid, settings), settings, { signal, onAdvance });
}

function certificationSubject(
  { config, prepared, federation }: ReadyRun,
  grid: FixedGridConfig,
  settings: CertificateConfig,
): CertificationSubject {
  return {
    law: prepared.law,
    schedule: config.schedule,
    grid: { ...createGrid(grid, createSchedule(config.schedule)), name: config.sampling.grid.kind },
    sampler: settings.sampler ?? config.sampling.sampler,
    denoiseLast: config.sampling.denoiseLast,
    network: { spec: prepared.network, parameters: federation.samplingParameters },
    train: prepared.points,
    heldOut: prepared.transform.forward(prepared.data.heldOut.points),
    seed: config.seed,
  };
}

interface ComparedBounds {
  readonly latent: Float32Array;
  readonly certification: Certification | undefined;
  readonly apriori: AprioriReport | undefined;
}

/** Lower bound and estimate of the certified sampler's x_delta: the run's samples, unless those are of another sampler or denoised. */
export async function compareRun(
  run: ReadyRun,
  grid: FixedGridConfig,
  { latent, certification, apriori }: ComparedBounds,
): Promise<BoundComparison | undefined> {
  const { config, federation, pool, signal, onProgress } = run;
  const settings = config.certificate;
  if (!settings || !certification) return undefined;
  const subject = certificationSubject(run, grid, settings);
  const { sampler } = subject;
  const same = sampler === config.sampling.sampler;
  onProgress({ kind: "stage", stage: "bounds", done: 0, total: 0 });
  return compareBounds(pool, subject, {
    samples: async () => {
      if (same && !config.sampling.denoiseLast) return latent;
      return sampleInPool(pool, { ...sampleRequest(run, grid, federation), sampler, denoiseLast: false }, { signal });
    },
    certification,
    confidence: settings.confidence,
    apriori: aprioriPart(apriori, config.sampling.sampler, same),
    signal,
  });
}

function aprioriPart(apriori: AprioriReport | undefined, sampler: string, same: boolean): Bound | Unavailable {
  if (!apriori) return { unavailable: "the config does not ask for it" };
  return same ? apriori.bound : { unavailable: `it is about ${sampler}, with which the run samples` };
}

/** The a-priori bound, and the end of its probes; undefined where the config asks for none. */
export async function finishApriori(
  { config, federation, apriori }: ReadyRun,
  grid: FixedGridConfig,
  dropped: readonly DroppedUpdate[],
  certification: Certification | undefined,
): Promise<AprioriReport | undefined> {
  if (!apriori) return undefined;
  try {
    const { certificate, reason } = certification ?? {};
    return await apriori.finish(
      federation,
      createGrid(grid, createSchedule(config.schedule)),
      dropped,
      certificate
        ? {
            values: certificate.steps.mmse,
            how: `Monte Carlo mmse of the certificate over ${certificate.samples} paths${reason === undefined ? "" : `; ${reason}`}`,
          }
        : undefined,
    );
  } finally {
    apriori.close();
  }
}
