import { FedscoreError } from "../../errors.js";
import type { LawSpec } from "../../targets/law.js";
import type { Bound } from "../../theory/bound.js";
import { type Certificate, requirePathCost } from "../../theory/certificate/certificate.js";
import { certifyInPool } from "../../theory/certificate/certify-in-pool.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { variationalBound } from "../../theory/variational.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { CertificateConfig } from "../config/certificate.js";
import type { CertificationSubject } from "./subject.js";

export interface CertificationOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: (done: number, of: number) => void;
}

/** What can be said for certain about a trained network. */
export interface Certification {
  readonly certificate: Certificate | null;
  /** Why there is no certificate, or why it is against the training data. */
  readonly reason?: string;
  readonly variational?: Bound;
}

/**
 * The certificate against the run's law where its exact denoiser is known; else the variational bound on held-out rows and the
 * certificate against the empirical law of the training rows.
 */
export async function certifySubject(
  pool: WorkerPool,
  subject: CertificationSubject,
  settings: CertificateConfig,
  options: CertificationOptions = {},
): Promise<Certification> {
  const { law: found, sampler, seed, network, grid, schedule } = subject;
  const refusal = refusalOf(() => requirePathCost(sampler, schedule));
  const certificateOf = async (law: LawSpec, paths: number) => {
    const { confidence, precision } = settings;
    const certificate = await certifyInPool(
      pool,
      { schedule: subject.scheduleSpec, grid, sampler, law, network, seed: derivedSeed(seed, "certificate") },
      {
        paths,
        confidence,
        ...(precision !== undefined && { precision }),
        ...(options.signal && { signal: options.signal }),
        onProgress: ({ paths: done, of }) => options.onAdvance?.(done, of),
      },
    );
    return subject.denoiseLast ? beforeLastDenoising(certificate) : certificate;
  };
  if ("law" in found) {
    if (refusal !== undefined) return { certificate: null, reason: refusal };
    return { certificate: await certificateOf(found.law, settings.paths) };
  }
  const { dimension } = network.spec;
  const variational = await variationalBound(
    pool,
    {
      schedule,
      grid,
      heldOut: { points: subject.heldOut, dimension },
      denoiser: network,
      seed: derivedSeed(seed, "bound"),
    },
    { rows: settings.paths, confidence: settings.confidence, ...options },
  );
  if (refusal !== undefined) return { certificate: null, reason: refusal, variational };
  if (settings.empiricalPaths === 0) return { certificate: null, reason: found.reason, variational };
  const law: LawSpec = { of: { kind: "empirical", points: subject.train, dimension } };
  return {
    certificate: againstTrainingData(await certificateOf(law, settings.empiricalPaths)),
    reason: `${found.reason}; the certificate is against the empirical law of the training rows`,
    variational,
  };
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

function beforeLastDenoising(certificate: Certificate): Certificate {
  return {
    ...certificate,
    assumptions: [
      ...certificate.assumptions,
      {
        statement: "the certificate is about x_delta, the sampler's state before its last denoising",
        met: true,
        evidence: "the run was sampled with denoiseLast",
      },
    ],
  };
}
