import { samplerName, samplers } from "../../diffusion/samplers/index.js";
import type { Federation } from "../../federation/federation.js";
import type { Model } from "../../model/model.js";
import { sampleInPool } from "../../model/sample-in-pool.js";
import { requestOf } from "../../model/sample-request.js";
import { decodeDrawn } from "../../tables/calibration/decode-drawn.js";
import type { Table } from "../../tables/column.js";
import { certifiedGrid, gridWithErrors, type SamplingGrid } from "../prepare/sampling-grid.js";
import { beginStage } from "../progress.js";
import type { Part } from "../result/not-computed.js";
import { askedClasses } from "./asked-classes.js";
import { attempt, finite } from "./attempt.js";
import type { ReadyRun } from "./ready-run.js";

/** Samples of one network, float32 [count, dimension]. */
export interface DrawnSamples {
  /** In the space of the data. */
  readonly samples: Float32Array;
  /** In the space of the network. */
  readonly latent: Float32Array;
  /** The label of the class that each was asked to be of, int32 [count]. Absent: none was asked for. */
  readonly classes?: Int32Array | undefined;
  /** The rows that they stand for. Absent: the model is of no table. */
  readonly table?: Table | undefined;
}

/** The grid of the config, with the trained network's errors where a sampler of the run needs them. */
export async function samplingGrid(run: ReadyRun): Promise<SamplingGrid> {
  const { config, prepared, pool, federation, signal, onProgress } = run;
  const grid = prepared.grid ?? (await gridOfNetwork(run));
  const { sampling, certificate } = config;
  const own = samplerName(sampling.sampler);
  const users = [own, (certificate || undefined)?.sampler ?? own];
  const kinds = users.map((name) => samplers[name].needsErrors);
  const needed = kinds.find((kind) => kind === "coordinates") ?? kinds.find((kind) => kind !== undefined);
  if (grid.grid.errors || needed === undefined) return grid;
  const { law, points, network } = prepared;
  const source = {
    clean: "law" in law ? law.law : { points, dimension: network.dimension },
    denoiser: { spec: network, parameters: federation.samplingParameters },
    dimension: network.dimension,
  };
  const onAdvance = beginStage(onProgress, "grid");
  return gridWithErrors(pool, grid.grid, needed, prepared.schedule, source, config.seed, { signal, onAdvance });
}

/** A certified grid without an exact law is made for the trained network on training rows: bounds on held-out rows need that the grid did not see them. */
async function gridOfNetwork(run: ReadyRun): Promise<SamplingGrid> {
  const { config, prepared, pool, federation, signal, onProgress } = run;
  const { sampler, grid } = config.sampling;
  if (grid.kind !== "certified") throw new Error(`a grid of kind ${grid.kind} is known before training`);
  beginStage(onProgress, "grid");
  const { dimension } = prepared.network;
  const source = {
    clean: { points: prepared.points, dimension },
    denoiser: { spec: prepared.network, parameters: federation.samplingParameters },
    dimension,
  };
  return certifiedGrid(pool, { sampler: samplerName(sampler), grid }, prepared.schedule, source, config.seed, signal);
}

/**
 * What a federation of the run has trained, with all that sampling from it needs.
 * @param spec the grid. Default: that of the config; in the place of a certified one that is not known yet as many equal steps of log snr.
 */
export function modelOf(
  { config, prepared, identity }: ReadyRun,
  federation: Pick<Federation, "samplingParameters">,
  spec: SamplingGrid["spec"] = prepared.grid?.spec ?? provisional(config.sampling.grid),
): Model {
  const { name, schedule, sampling, seed } = config;
  const { train, table } = prepared.data;
  const { imageShape } = train;
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
    ...(table && { table: { schema: table.schema, dialect: table.dialect, encoding: table.encoding } }),
    ...(config.privacy === undefined && classCountsOf(prepared)),
  };
}

/** Of a network with classes: training rows of each; of clients that hold their own nobody knows them. */
function classCountsOf({ network, data }: ReadyRun["prepared"]): Pick<Model, "classCounts"> {
  const { labels } = data.train;
  if (network.classes === undefined || !labels) return {};
  const counts = new Array<number>(network.classes).fill(0);
  for (const label of labels) counts[label]++;
  return { classCounts: counts };
}

function provisional(grid: ReadyRun["config"]["sampling"]["grid"]): SamplingGrid["spec"] {
  return grid.kind === "certified" ? { ...grid, kind: "uniform-log-snr" } : grid;
}

/** Samples of each model, or why there are none; the same noise for all. */
export async function drawSamples(run: ReadyRun, models: readonly Model[]): Promise<Part<DrawnSamples>[]> {
  const { config, prepared, pool, signal, onProgress } = run;
  const { count } = config.sampling;
  const advance = beginStage(onProgress, "sampling", count * models.length);
  const sets: Part<DrawnSamples>[] = [];
  for (const [index, model] of models.entries()) {
    const onAdvance = (done: number) => advance(index * count + done);
    const draw = async () => {
      const request = requestOf(model);
      const latent = await sampleInPool(pool, request, { signal, onAdvance });
      const samples = finite("samples in data units", prepared.transform.inverse(latent));
      const { conditioned, seed } = request;
      const rows = model.table && decodeDrawn(model.table, samples);
      if (!conditioned) return { latent, samples, ...(rows && { table: rows }) };
      return { latent, samples, classes: await pool.call(askedClasses, { conditioned, seed, count }, { signal }) };
    };
    sets.push(await attempt(draw));
  }
  return sets;
}
