import { requireFunction, requireMethods, requireObject } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { InThreadPool } from "../workers/in-thread.js";
import { requirePool, type WorkerPool } from "../workers/worker-pool.js";
import type { Model } from "./model.js";
import { type SamplingOptions, sampleInPool } from "./sample-in-pool.js";
import { requestOf, type SampleChoice } from "./sample-request.js";

/** What to draw from a model; `signal` stops between blocks of samples, `onAdvance` is called after each. */
export interface SampleModelOptions extends SampleChoice, SamplingOptions {}

const modelKeys = keysOf<SampleModelOptions>({
  count: true,
  seed: true,
  sampler: true,
  grid: true,
  class: true,
  guidance: true,
  signal: true,
  onAdvance: true,
});

/**
 * Samples of a model, float32 [count, transform.inputDimension] in the space of the data, drawn in this thread, which stays responsive. The
 * same bytes as `fedscore sample` for the same seed and build of the kernels, and sample i does not depend on `count`.
 * @throws ArgumentError naming the option that is out of range; FedscoreError FEDSCORE_NON_FINITE, FEDSCORE_ABORTED.
 */
export async function sampleModel(
  engine: Engine,
  model: Model,
  options: SampleModelOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  return sampleModelInPool(new InThreadPool(engine), model, options);
}

/** The same in the workers of a pool; the same bytes for any number of workers. */
export async function sampleModelInPool(
  pool: WorkerPool,
  model: Model,
  options: SampleModelOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  requirePool(pool);
  const { signal, onAdvance, ...choice } = requireOptions("options", options, modelKeys);
  const request = requestOf(requireObject("model", model), choice);
  const transform = requireMethods("model.transform", model.transform, ["inverse"]);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  return transform.inverse(await sampleInPool(pool, request, { signal, onAdvance }));
}
