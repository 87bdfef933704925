import { FedscoreError } from "../../errors.js";
import { createLaw, type LawSpec } from "../../targets/law.js";
import type { Assumption, Bound } from "../../theory/bound.js";
import { type Certificate, requirePathCost } from "../../theory/certificate/certificate.js";
import { certifyInPool } from "../../theory/certificate/certify-in-pool.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { coderFor } from "../../theory/coding-samplers.js";
import { isFlow, requireFlow } from "../../theory/flow/flow-task.js";
import { variationalBound } from "../../theory/variational.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { CertificateConfig } from "../config/certificate.js";
import { isNotComputed, type Part } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import { gridFor } from "./grid-for.js";
import type { CertificationSubject } from "./subject.js";
import { whatIsBounded, whoIsAsked, withAssumptions } from "./what-is-bounded.js";

export interface CertificationOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: (done: number, of: number) => void;
}

/** What can be said for certain about a trained network. */
export interface Certification {
  readonly certificate: Part<Certificate> | null;
  /** Why there is no certificate, or what it is about where that needs to be said. */
  readonly reason?: string;
  readonly variational?: Part<Bound>;
}

/**
 * The certificate against the run's law where its exact denoiser is known; else the variational bound on held-out rows and the
 * certificate against the empirical law of the training rows. What could not be computed says why.
 */
export async function certifySubject(
  pool: WorkerPool,
  subject: CertificationSubject,
  settings: CertificateConfig,
  options: CertificationOptions = {},
): Promise<Certification> {
  const { law: found, sampler, seed, network, schedule } = subject;
  const grid = await gridFor(pool, subject, options.signal);
  const problemOf = (law: LawSpec) => ({ schedule: subject.scheduleSpec, grid, sampler, law, network });
  const refusalFor = (law: LawSpec) =>
    subject.uncertified ??
    refusalOf(() =>
      isFlow(sampler, schedule)
        ? requireFlow(problemOf(law), createLaw(law), settings.invertedRows)
        : requirePathCost(sampler, schedule),
    );
  const compute = async (law: LawSpec, paths: number) => {
    const { confidence, precision } = settings;
    const certificate = await certifyInPool(
      pool,
      { ...problemOf(law), seed: derivedSeed(seed, "certificate") },
      {
        paths,
        confidence,
        ...(precision !== undefined && { precision }),
        ...(options.signal && { signal: options.signal }),
        onProgress: ({ paths: done, of }) => options.onAdvance?.(done, of),
      },
    );
    return finite("certificate", withAssumptions(certificate, whatIsBounded(subject, "certificate")));
  };
  const certificateOf = (law: LawSpec, paths: number) => attempt(() => compute(law, paths));
  if ("law" in found) {
    const refusal = refusalFor(found.law);
    if (refusal !== undefined) return { certificate: null, reason: refusal };
    const certificate = await certificateOf(found.law, certifiedRows(subject, settings));
    const asked = whoIsAsked(network, "certificate").map(sentence);
    return { certificate, ...(asked.length > 0 && { reason: asked.join("; ") }) };
  }
  const { dimension } = network.spec;
  const variational = await attempt(async () => {
    const setup = {
      schedule,
      grid,
      sampler: coderFor(sampler, dimension),
      heldOut: { points: subject.heldOut, dimension },
      denoiser: network,
      seed: derivedSeed(seed, "bound"),
    };
    const extent = { rows: settings.paths, confidence: settings.confidence };
    const bound = await variationalBound(pool, setup, { ...extent, ...options });
    return finite("variational", withAssumptions(bound, whoIsAsked(network, "bound")));
  });
  const law: LawSpec = { of: { kind: "empirical", points: subject.train, dimension } };
  const refusal = refusalFor(law);
  if (refusal !== undefined) return { certificate: null, reason: refusal, variational };
  if (settings.empiricalPaths === 0) return { certificate: null, reason: found.reason, variational };
  const certificate = await certificateOf(
    law,
    isFlow(sampler, schedule) ? settings.invertedRows : settings.empiricalPaths,
  );
  const about = "the certificate is against the empirical law of the training rows";
  return {
    certificate: isNotComputed(certificate) ? certificate : againstTrainingData(certificate),
    reason: [found.reason, about, ...whoIsAsked(network, "certificate").map(sentence)].join("; "),
    variational,
  };
}

function sentence({ statement, evidence }: Assumption): string {
  return `${statement}: ${evidence}`;
}

/** Forward paths of a certificate against a law that is known, or rows where its sampler is deterministic. */
export function certifiedRows(
  { sampler, schedule }: Pick<CertificationSubject, "sampler" | "schedule">,
  { invertedRows, paths }: CertificateConfig,
): number {
  return isFlow(sampler, schedule) ? invertedRows : paths;
}

function refusalOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof FedscoreError && error.code === "FEDSCORE_UNSUPPORTED") return error.message;
    throw error;
  }
}

function againstTrainingData(certificate: Certificate): Certificate {
  return {
    ...certificate,
    name: `${certificate.name} against the empirical law of the training data`,
    assumptions: [
      ...certificate.assumptions,
      {
        statement: "the data law is the empirical law of the training rows, noised to delta",
        met: true,
        evidence:
          "a model that reproduced the training rows would be certified best: this is no statement on unseen data",
      },
    ],
  };
}
