import { requireInteger } from "../../errors.js";
import { requireOptions } from "../../options.js";
import { createLaw } from "../../targets/law.js";
import { type Held, hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { mostPaths } from "../confidence.js";
import { certifyFlow } from "../flow/certify-flow.js";
import { determinantsOf, isFlow, requireFlow, runFlow } from "../flow/flow-task.js";
import { type Certificate, type CertificateOptions, certificateOptionKeys, certify } from "./certificate.js";
import { requireRequest } from "./require-request.js";
import { type CertificateRequest, requireExact, runCertificateUnits } from "./unit-task.js";

/**
 * The certificate of a sampler with its paths run by a pool: `certify`, or `certifyFlow` where the sampler is deterministic. The same bytes for any
 * number of workers, and in this thread.
 */
export async function certifyInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  requireOptions("options", options, certificateOptionKeys);
  const schedule = requireRequest(request);
  const law = createLaw(request.law);
  const { sampler, grid, network } = request;
  if (isFlow(sampler, schedule)) {
    requireInteger("paths", options.paths, 1, mostPaths);
    requireFlow(request, law, options.paths);
    const determinants = determinantsOf(request, law);
    const subject = { sampler, schedule, grid, target: law, exact: network === undefined, determinants };
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
