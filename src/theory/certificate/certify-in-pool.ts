import { createSchedule } from "../../diffusion/schedules/index.js";
import { createLaw } from "../../targets/law.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { type Certificate, type CertificateOptions, certify } from "./certificate.js";
import {
  type CertificateSetup,
  closeCertificate,
  openCertificate,
  requireExact,
  runCertificateUnits,
} from "./certificate-functions.js";

export type CertificateRequest = Omit<CertificateSetup, "id">;

let opened = 0;

/** `certify` with the paths run by a pool: the same bytes for any number of workers, and in this thread. */
export async function certifyInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  const schedule = createSchedule(request.schedule);
  const target = requireExact(createLaw(request.law));
  const id = `certificate-${opened++}`;
  pool.install<CertificateSetup>(id, { open: openCertificate, close: closeCertificate, input: { ...request, id } });
  try {
    return await certify(
      { sampler: request.sampler, schedule, grid: request.grid, target },
      (units, signal) => pool.call(runCertificateUnits, { id, ...units }, { signal }),
      options,
    );
  } finally {
    pool.uninstall(id);
  }
}
