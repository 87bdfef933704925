import { createSchedule } from "../../diffusion/schedules/index.js";
import type { WorkerPool } from "../../federation/worker-pool.js";
import { createLaw } from "../../targets/law.js";
import { defaultBlockPaths } from "./blocks.js";
import { type Certificate, type CertificateOptions, certify } from "./certificate.js";
import {
  type CertificateSetup,
  closeCertificate,
  openCertificate,
  requireExact,
  runCertificateBlocks,
} from "./certificate-functions.js";

export type CertificateRequest = Omit<CertificateSetup, "id" | "blockPaths">;

/** Blocks of one call: enough to hide the message and the opening of the denoisers, few enough to keep all workers busy. */
const callBlocks = 8;

let opened = 0;

/** `certify` with the blocks of paths run by a pool: the same bytes for any number of workers, and in this thread. */
export async function certifyInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  const schedule = createSchedule(request.schedule);
  const target = requireExact(createLaw(request.law));
  const id = `certificate-${opened++}`;
  const input = { ...request, id, blockPaths: options.blockPaths ?? defaultBlockPaths };
  pool.install<CertificateSetup>(id, { open: openCertificate, close: closeCertificate, input });
  try {
    return await certify(
      { sampler: request.sampler, schedule, grid: request.grid, target },
      async (first, count, signal) => {
        const calls = Array.from({ length: Math.ceil(count / callBlocks) }, (_, call) => {
          const start = call * callBlocks;
          const range = { id, first: first + start, count: Math.min(callBlocks, count - start) };
          return pool.call(runCertificateBlocks, range, { signal });
        });
        return (await Promise.all(calls)).flat();
      },
      options,
    );
  } finally {
    pool.uninstall(id);
  }
}
