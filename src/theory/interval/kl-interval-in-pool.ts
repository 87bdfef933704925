import { requireFunction } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { requireRequest } from "../certificate/require-request.js";
import type { CertificateRequest } from "../certificate/unit-task.js";
import { type KlInterval, type KlIntervalOptions, klInterval } from "./kl-interval.js";
import { intervalProblem, weighIntervalRows } from "./row-task.js";

const optionKeys = keysOf<KlIntervalOptions>({
  rows: true,
  k: true,
  confidence: true,
  proposal: true,
  defensive: true,
  signal: true,
  onProgress: true,
});

/**
 * `klInterval` with the rows weighed by a pool: the same bytes for any number of workers, and in this thread.
 * @param request as for `certifyInPool`: any law with a density, any sampler whose steps are Gaussian.
 */
export async function klIntervalInPool(
  pool: WorkerPool,
  request: CertificateRequest,
  options: KlIntervalOptions = {},
): Promise<KlInterval> {
  const { onProgress } = requireOptions("options", options, optionKeys);
  requireRequest(request);
  if (onProgress !== undefined) requireFunction("onProgress", onProgress);
  const problem = intervalProblem(request);
  const weights = hold(pool, weighIntervalRows, request);
  try {
    return await klInterval(problem, (rows, signal) => weights.call(rows, { signal }), options);
  } finally {
    weights.close();
  }
}
