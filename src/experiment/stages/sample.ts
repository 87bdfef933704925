import type { Federation } from "../../federation/federation.js";
import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import { certifiedGrid, type SamplingGrid } from "../prepare/sampling-grid.js";
import { beginStage } from "../progress.js";
import type { ReadyRun } from "./ready-run.js";

/** The grid of the config; a certified one without an exact law is made for the trained network now. */
export async function samplingGrid(run: ReadyRun): Promise<SamplingGrid> {
  const { config, prepared, pool, federation, signal, onProgress } = run;
  const { grid } = config.sampling;
  if (prepared.grid) return prepared.grid;
  if (grid.kind !== "certified") throw new Error(`a grid of kind ${grid.kind} is known before training`);
  beginStage(onProgress, "grid");
  const { dimension } = prepared.network;
  const source = {
    clean: { points: prepared.heldOut, dimension },
    denoiser: { spec: prepared.network, parameters: federation.samplingParameters },
    dimension,
  };
  return certifiedGrid(pool, grid, prepared.schedule, source, config.seed, signal);
}

/** What a federation of the run has trained, with all that sampling from it needs. */
export function modelOf(
  { config, prepared, identity }: ReadyRun,
  { spec }: SamplingGrid,
  federation: Federation,
): Model {
  const { name, schedule, sampling, seed } = config;
  const { imageShape } = prepared.data.train;
  return {
    name,
    network: prepared.network,
    parameters: federation.samplingParameters,
    schedule,
    transform: prepared.transform,
    sampling: { ...sampling, grid: spec },
    seed,
    checksums: identity.checksums,
    ...(imageShape && { imageShape }),
  };
}

/** Samples of each model, float32 [count, dimension] in the space of the network; the same noise for all. */
export async function drawSamples(run: ReadyRun, models: readonly Model[]): Promise<Float32Array<ArrayBuffer>[]> {
  const { config, pool, signal, onProgress } = run;
  const { count } = config.sampling;
  const advance = beginStage(onProgress, "sampling", count * models.length);
  const sets: Float32Array<ArrayBuffer>[] = [];
  for (const [index, model] of models.entries()) {
    const onAdvance = (done: number) => advance(index * count + done);
    sets.push(await sampleInPool(pool, requestOf(model), { signal, onAdvance }));
  }
  return sets;
}
