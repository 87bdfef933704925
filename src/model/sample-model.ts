import { requireFunction, requireMethods, requireObject, requireSignal } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { InThreadPool } from "../workers/in-thread.js";
import { requirePool, type WorkerPool } from "../workers/worker-pool.js";
import type { Model } from "./model.js";
import { blocksInPool, type SamplingOptions, sampleInPool } from "./sample-in-pool.js";
import { requestOf, type SampleChoice, type SampleRequest } from "./sample-request.js";

/** What to draw from a model; `signal` stops between blocks of samples, `onAdvance` is called after each. */
export interface SampleModelOptions extends SampleChoice, SamplingOptions {}

const modelKeys = keysOf<SampleModelOptions>({
  count: true,
  seed: true,
  sampler: true,
  grid: true,
  class: true,
  guidance: true,
  states: true,
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
  const { request, inverse, signal, onAdvance } = drawingOf(pool, model, options);
  return inverse(await sampleInPool(pool, request, { signal, onAdvance }));
}

/** Samples of a model, as they are drawn. */
export interface SampledBlock {
  /** Index of its first sample in the run. */
  readonly firstSample: number;
  /** float32 [samples, transform.inputDimension], in the space of the data. */
  readonly samples: Float32Array<ArrayBuffer>;
}

/**
 * The samples of `sampleModelInPool`, block by block in their order: `for await (const { samples } of sampleBlocks(pool, model))`. A loop that is left early
 * stops what is under way. With a pool of workers the thread is free between blocks; with an InThreadPool it does its other work between them.
 * @throws ArgumentError naming the option that is out of range; in the loop FedscoreError FEDSCORE_NON_FINITE, FEDSCORE_ABORTED.
 */
export function sampleBlocks(
  pool: WorkerPool,
  model: Model,
  options: SampleModelOptions = {},
): AsyncGenerator<SampledBlock, void> {
  return blocksOf(pool, drawingOf(pool, model, options));
}

async function* blocksOf(
  pool: WorkerPool,
  { request, inverse, signal, onAdvance }: Drawing,
): AsyncGenerator<SampledBlock, void> {
  for await (const { firstSample, samples } of blocksInPool(pool, request, signal)) {
    onAdvance?.(firstSample + samples.length / request.network.dimension, request.count);
    yield { firstSample, samples: inverse(samples) };
  }
}

interface Drawing extends SamplingOptions {
  readonly request: SampleRequest;
  /** From the space of the network to that of the data. */
  readonly inverse: Model["transform"]["inverse"];
}

function drawingOf(pool: WorkerPool, model: Model, options: SampleModelOptions): Drawing {
  requirePool(pool);
  const { signal, onAdvance, ...choice } = requireOptions("options", options, modelKeys);
  const request = requestOf(requireObject("model", model), choice);
  const transform = requireMethods("model.transform", model.transform, ["inverse"]);
  if (signal !== undefined) requireSignal("signal", signal);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  return { request, inverse: (samples) => transform.inverse(samples), signal, onAdvance };
}
