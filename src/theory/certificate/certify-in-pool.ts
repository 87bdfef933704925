import { requireGrid, validateGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { requireFloats, requireInteger, requireObject } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { layoutOf } from "../../network/spec.js";
import { keysOf, requireOptions } from "../../options.js";
import { createLaw } from "../../targets/law.js";
import { type Held, hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { certifyFlow } from "../flow/certify-flow.js";
import { isFlow, requireFlow, runFlow } from "../flow/flow-task.js";
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

/**
 * The certificate of a sampler with its paths run by a pool: `certify`, or `certifyFlow` where the sampler is deterministic. The same bytes for any
 * number of workers, and in this thread.
 */
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
  const law = createLaw(request.law);
  const { sampler } = request;
  if (isFlow(sampler, schedule)) {
    requireFlow(request, law, options.paths);
    const subject = { sampler, schedule, grid, target: law, exact: network === undefined };
    return holding(hold(pool, runFlow, request), (run) => certifyFlow(subject, run, options));
  }
  const target = requireExact(law);
  const subject = { sampler, schedule, grid, target };
  return holding(hold(pool, runCertificateUnits, request), (run) => certify(subject, run, options));
}

/** What `work` makes of calls to a task, which ends with it. */
async function holding<Input, Output>(
  task: Held<Input, Output>,
  work: (call: (input: Input, signal?: AbortSignal) => Promise<Output>) => Promise<Certificate>,
): Promise<Certificate> {
  try {
    return await work((input, signal) => task.call(input, { signal }));
  } finally {
    task.close();
  }
}
