import { requireGrid, validateGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { requireFloats, requireFunction, requireInteger, requireObject } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { layoutOf } from "../../network/spec.js";
import { keysOf, requireOptions } from "../../options.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { type KlInterval, type KlIntervalOptions, klInterval } from "./kl-interval.js";
import { intervalProblem, type KlIntervalRequest, weighIntervalRows } from "./row-task.js";

const requestKeys = keysOf<KlIntervalRequest>({
  schedule: true,
  grid: true,
  sampler: true,
  law: true,
  network: true,
  seed: true,
});

const optionKeys = keysOf<KlIntervalOptions>({
  rows: true,
  k: true,
  confidence: true,
  proposal: true,
  signal: true,
  onProgress: true,
});

/**
 * `klInterval` with the rows weighed by a pool: the same bytes for any number of workers, and in this thread.
 * @param request as for `certifyInPool`: any law with a density, any sampler whose steps are Gaussian.
 */
export async function klIntervalInPool(
  pool: WorkerPool,
  request: KlIntervalRequest,
  options: KlIntervalOptions = {},
): Promise<KlInterval> {
  const { onProgress } = requireOptions("options", options, optionKeys);
  const { grid, network } = requireOptions("request", request, requestKeys);
  requireInteger("seed", request.seed, 0);
  memberNamed(samplers, "sampler", request.sampler);
  if (onProgress !== undefined) requireFunction("onProgress", onProgress);
  validateGrid("grid.times", requireGrid(grid).times, createSchedule(request.schedule));
  if (network !== undefined) {
    const { spec, parameters } = requireObject("network", network);
    requireFloats("network.parameters", parameters, layoutOf(spec).size);
  }
  const problem = intervalProblem(request);
  const weights = hold(pool, weighIntervalRows, request);
  try {
    return await klInterval(problem, (rows, signal) => weights.call(rows, { signal }), options);
  } finally {
    weights.close();
  }
}
