import { samplerName } from "../../diffusion/samplers/index.js";
import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import type { AprioriReport } from "../../theory/apriori/apriori-bound.js";
import type { LeftOut } from "../../theory/apriori/run-kind.js";
import type { Bound } from "../../theory/bound.js";
import type { KlInterval } from "../../theory/interval/kl-interval.js";
import type { Unavailable } from "../../theory/sandwich.js";
import type { CertificateConfig } from "../config/certificate.js";
import type { SamplingGrid } from "../prepare/sampling-grid.js";
import { beginStage } from "../progress.js";
import { ifComputed, isNotComputed, type NotComputed, type Part, without } from "../result/not-computed.js";
import { plainApriori } from "../result/plain-apriori.js";
import { attempt, finite } from "./attempt.js";
import { type Certification, certifiedRows, certifySubject } from "./certify.js";
import { type BoundComparison, compareBounds } from "./compare-bounds.js";
import { intervalOf, intervalRows } from "./interval.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";
import { type CertificationSubject, certifiedSampler } from "./subject.js";

/** What a run can say of its trained network; parts that the config does not ask for are undefined. */
export interface RunBounds {
  readonly certification: Certification | undefined;
  readonly interval: Part<KlInterval | Unavailable> | undefined;
  readonly comparison: BoundComparison | undefined;
  readonly apriori: Part<AprioriReport> | undefined;
}

/**
 * Certificate, a-priori bound, and what stands below them; each of these says why where it could not be computed.
 * @param drawn samples of the run.
 * @param history which updates of the run are not in its averages.
 */
export async function boundRun(
  run: ReadyRun,
  model: Model,
  grid: SamplingGrid,
  drawn: Part<DrawnSamples>,
  history: LeftOut,
): Promise<RunBounds> {
  const settings = run.config.certificate;
  const subject = settings ? subjectOf(run, model, grid, settings) : undefined;
  if (settings && subject) await run.watcher?.onCertify?.(subject, settings);
  const certification = settings && subject ? await certify(run, subject, settings) : undefined;
  if (certification) run.watcher?.onBounds?.({ certification });
  const interval = settings && subject ? await enclose(run, subject, settings) : undefined;
  if (interval) run.watcher?.onBounds?.({ certification, interval });
  const apriori = await finishApriori(run, grid, history, certification);
  if (!settings || !subject || !certification) return { certification, interval, comparison: undefined, apriori };
  const { pool, signal, onProgress } = run;
  const { sampling } = model;
  const same = settings.sampler === undefined || settings.sampler === sampling.sampler;
  const classed = model.network.classes !== undefined;
  beginStage(onProgress, "bounds");
  const comparison = await compareBounds(pool, subject, {
    samples: async () => {
      if (same && !sampling.denoiseLast && !classed)
        return isNotComputed(drawn) ? without("samples", drawn) : drawn.latent;
      const { conditioned: _, ...request } = requestOf(model, { sampler: settings.sampler ?? sampling.sampler });
      return attempt(() => sampleInPool(pool, { ...request, denoiseLast: false }, { signal }));
    },
    certification,
    interval,
    confidence: settings.confidence,
    apriori: aprioriPart(apriori, "bound", samplerName(sampling.sampler), same),
    ...(apriori && { aprioriLast: aprioriPart(apriori, "lastBound", samplerName(sampling.sampler), same) }),
    signal,
  });
  return { certification, interval, comparison, apriori };
}

/** What a run without a sampling grid says in the place of its bounds. */
export function boundsWithoutGrid({ config, prepared, apriori }: ReadyRun, grid: NotComputed): RunBounds {
  apriori?.close();
  const missing = without("grid", grid);
  const isKnown = "law" in prepared.law;
  const intervalWithout = "law" in prepared.law ? missing : { unavailable: prepared.law.reason };
  return {
    certification: config.certificate ? { certificate: missing, ...(!isKnown && { variational: missing }) } : undefined,
    interval: config.certificate && config.certificate.intervalRows > 0 ? intervalWithout : undefined,
    comparison: config.certificate ? { lowerBound: missing, sandwich: missing } : undefined,
    apriori: apriori && missing,
  };
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
    ...certifiedSampler(settings.sampler ?? model.sampling.sampler),
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
  const onAdvance = beginStage(onProgress, "certificate", certifiedRows(subject, settings));
  return certifySubject(pool, subject, settings, { signal, onAdvance });
}

function enclose(
  { pool, signal, onProgress }: ReadyRun,
  subject: CertificationSubject,
  settings: CertificateConfig,
): Promise<RunBounds["interval"]> {
  const onAdvance = settings.intervalRows > 0 ? beginStage(onProgress, "interval", intervalRows(settings)) : undefined;
  return intervalOf(pool, subject, settings, { signal, ...(onAdvance && { onAdvance }) });
}

function aprioriPart(
  apriori: Part<AprioriReport> | undefined,
  of: "bound" | "lastBound",
  sampler: string,
  same: boolean,
): Part<Bound | Unavailable> {
  if (!apriori) return { unavailable: "the config does not ask for it" };
  if (isNotComputed(apriori)) return apriori;
  return same ? apriori[of] : { unavailable: `it is about ${sampler}, with which the run samples` };
}

/** The a-priori bound, and the end of its probes. */
async function finishApriori(
  { federation, apriori }: ReadyRun,
  { grid }: SamplingGrid,
  history: LeftOut,
  certification: Certification | undefined,
): Promise<Part<AprioriReport> | undefined> {
  if (!apriori) return undefined;
  try {
    const { certificate: found = null, reason } = certification ?? {};
    const certificate = ifComputed(found);
    const mmse = certificate?.steps && {
      values: certificate.steps.mmse,
      how: `Monte Carlo mmse of the certificate over ${certificate.samples} paths${reason === undefined ? "" : `; ${reason}`}`,
    };
    return await attempt(async () => {
      const report = await apriori.finish(federation, grid, history, mmse ?? undefined);
      finite("apriori", plainApriori(report));
      return report;
    });
  } finally {
    apriori.close();
  }
}
