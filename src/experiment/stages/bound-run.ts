import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import type { AprioriReport } from "../../theory/apriori/apriori-bound.js";
import type { DroppedUpdate } from "../../theory/apriori/run-kind.js";
import type { Bound } from "../../theory/bound.js";
import type { Unavailable } from "../../theory/sandwich.js";
import type { CertificateConfig } from "../config/certificate.js";
import type { SamplingGrid } from "../prepare/sampling-grid.js";
import { beginStage } from "../progress.js";
import { type Certification, certifySubject } from "./certify.js";
import { type BoundComparison, compareBounds } from "./compare-bounds.js";
import type { ReadyRun } from "./ready-run.js";
import type { CertificationSubject } from "./subject.js";

/** What a run can say of its trained network; parts that the config does not ask for are undefined. */
export interface RunBounds {
  readonly certification: Certification | undefined;
  readonly comparison: BoundComparison | undefined;
  readonly apriori: AprioriReport | undefined;
}

/**
 * Certificate, a-priori bound, and what stands below them.
 * @param latent samples of the run, float32 [count, dimension] in the space of the network.
 * @param dropped updates of the run that were left out.
 */
export async function boundRun(
  run: ReadyRun,
  model: Model,
  grid: SamplingGrid,
  latent: Float32Array,
  dropped: readonly DroppedUpdate[],
): Promise<RunBounds> {
  const settings = run.config.certificate;
  const subject = settings ? subjectOf(run, model, grid, settings) : undefined;
  const certification = settings && subject ? await certify(run, subject, settings) : undefined;
  const apriori = await finishApriori(run, grid, dropped, certification);
  if (!settings || !subject || !certification) return { certification, comparison: undefined, apriori };
  const { pool, signal, onProgress } = run;
  const { sampling } = model;
  const same = subject.sampler === sampling.sampler;
  beginStage(onProgress, "bounds");
  const comparison = await compareBounds(pool, subject, {
    samples: async () => {
      if (same && !sampling.denoiseLast) return latent;
      const request = { ...requestOf(model, { sampler: subject.sampler }), denoiseLast: false };
      return sampleInPool(pool, request, { signal });
    },
    certification,
    confidence: settings.confidence,
    apriori: aprioriPart(apriori, sampling.sampler, same),
    signal,
  });
  return { certification, comparison, apriori };
}

function subjectOf(
  { config, prepared }: ReadyRun,
  model: Model,
  { grid }: SamplingGrid,
  settings: CertificateConfig,
): CertificationSubject {
  const { law, schedule, points, heldOut } = prepared;
  return {
    law,
    schedule,
    scheduleSpec: config.schedule,
    grid,
    sampler: settings.sampler ?? model.sampling.sampler,
    denoiseLast: model.sampling.denoiseLast,
    network: { spec: model.network, parameters: model.parameters },
    train: points,
    heldOut,
    seed: config.seed,
  };
}

function certify(
  { pool, signal, onProgress }: ReadyRun,
  subject: CertificationSubject,
  settings: CertificateConfig,
): Promise<Certification> {
  const onAdvance = beginStage(onProgress, "certificate", settings.paths);
  return certifySubject(pool, subject, settings, { signal, onAdvance });
}

function aprioriPart(apriori: AprioriReport | undefined, sampler: string, same: boolean): Bound | Unavailable {
  if (!apriori) return { unavailable: "the config does not ask for it" };
  return same ? apriori.bound : { unavailable: `it is about ${sampler}, with which the run samples` };
}

/** The a-priori bound, and the end of its probes. */
async function finishApriori(
  { federation, apriori }: ReadyRun,
  { grid }: SamplingGrid,
  dropped: readonly DroppedUpdate[],
  certification: Certification | undefined,
): Promise<AprioriReport | undefined> {
  if (!apriori) return undefined;
  try {
    const { certificate, reason } = certification ?? {};
    const mmse = certificate && {
      values: certificate.steps.mmse,
      how: `Monte Carlo mmse of the certificate over ${certificate.samples} paths${reason === undefined ? "" : `; ${reason}`}`,
    };
    return await apriori.finish(federation, grid, dropped, mmse ?? undefined);
  } finally {
    apriori.close();
  }
}
