import type { CertificateConfig } from "../../experiment/config/certificate.js";
import { isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import { certifySubject } from "../../experiment/stages/certify.js";
import type { KnownBounds } from "../../experiment/stages/run-watcher.js";
import type { CertificationSubject } from "../../experiment/stages/subject.js";
import type { Certificate } from "../../theory/certificate/certificate.js";
import { sandwich, type Unavailable } from "../../theory/sandwich.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { Look, SandwichRows } from "./messages.js";

/** Shares of the paths that the certificate is looked at with before it is computed: each look is a certificate of its own. */
const shares = [1 / 16, 1 / 4];
const fewestPaths = 512;

/**
 * Certificates of few paths, in turn. Of laws that are known alone: that against the training rows starts at each of them, however few paths are asked for.
 */
export async function earlyLooks(
  pool: WorkerPool,
  subject: CertificationSubject,
  settings: CertificateConfig,
  { signal, onLook }: { signal: AbortSignal; onLook: (certificate: Certificate) => void },
): Promise<void> {
  if (!("law" in subject.law)) return;
  let before = 0;
  for (const share of shares) {
    const paths = Math.max(fewestPaths, Math.ceil(settings.paths * share));
    if (paths === before || paths >= settings.paths) continue;
    before = paths;
    const invertedRows = Math.max(16, Math.ceil(settings.invertedRows * share));
    const { certificate } = await certifySubject(pool, subject, { ...settings, paths, invertedRows }, { signal });
    if (certificate && !isNotComputed(certificate)) onLook(certificate);
  }
}

/** undefined: it is vacuous. */
export function lookOf({ samples, value, upper, terms }: Certificate, final: boolean): Look | undefined {
  if (value === null || upper === null) return undefined;
  const named = Object.entries(terms).map(([name, term]) => ({ name, value: term.value, upper: term.upper }));
  return { paths: samples, value, upper, terms: named, final };
}

const notYet: Unavailable = { unavailable: "not computed yet" };

/** The sandwich of what is known so far. */
export function rowsSoFar({ certification, interval }: KnownBounds): SandwichRows {
  const { certificate = notYet, reason = "there is no certificate" } = certification ?? {};
  return sandwich({
    lowerBound: notYet,
    interval: partOf(interval ?? notYet),
    certificate: certificate === null ? { unavailable: reason } : partOf(certificate),
    apriori: { unavailable: "not computed yet, or the config does not ask for it" },
  }).rows;
}

function partOf<T>(part: Part<T>): T | Unavailable {
  return isNotComputed(part) ? { unavailable: `not computed: ${part.notComputed}` } : part;
}
