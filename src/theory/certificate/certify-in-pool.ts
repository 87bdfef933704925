import { requireGrid, validateGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { requireFloats, requireInteger, requireObject } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { layoutOf } from "../../network/spec.js";
import { keysOf, requireOptions } from "../../options.js";
import { createLaw } from "../../targets/law.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { type Certificate, type CertificateOptions, certify } from "./certificate.js";
import { type CertificateRequest, requireExact, runCertificateUnits } from "./unit-task.js";

const requestKeys = keysOf<CertificateRequest>({
  schedule: true,
  grid: true,
  sampler: true,
  law: true,
  network: true,
  seed: true,
});

const optionKeys = keysOf<CertificateOptions>({
  paths: true,
  confidence: true,
  precision: true,
  signal: true,
  onProgress: true,
});

/** `certify` with the paths run by a pool: the same bytes for any number of workers, and in this thread. */
export async function certifyInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  requireOptions("options", options, optionKeys);
  const { grid, network } = requireOptions("request", request, requestKeys);
  requireInteger("seed", request.seed, 0);
  memberNamed(samplers, "sampler", request.sampler);
  const schedule = createSchedule(request.schedule);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  if (network !== undefined) {
    const { spec, parameters } = requireObject("network", network);
    requireFloats("network.parameters", parameters, layoutOf(spec).size);
  }
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
