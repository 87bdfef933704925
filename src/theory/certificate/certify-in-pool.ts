import { createSchedule } from "../../diffusion/schedules/index.js";
import { createLaw } from "../../targets/law.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { type Certificate, type CertificateOptions, certify } from "./certificate.js";
import { type CertificateRequest, requireExact, runCertificateUnits } from "./unit-task.js";

/** `certify` with the paths run by a pool: the same bytes for any number of workers, and in this thread. */
export async function certifyInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  const schedule = createSchedule(request.schedule);
  const target = requireExact(createLaw(request.law));
  const paths = hold(pool, runCertificateUnits, request);
  try {
    return await certify(
      { sampler: request.sampler, schedule, grid: request.grid, target },
      (units, signal) => paths.call(units, { signal }),
      options,
    );
  } finally {
    paths.close();
  }
}
