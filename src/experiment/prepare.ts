import { type Dataset, rowCount } from "../data/dataset.js";
import { covarianceOf, summedMoments } from "../data/moments.js";
import type { DataSplit } from "../data/split.js";
import { fitTransforms, type Transform } from "../data/transforms/index.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import { FedscoreError, throwIfAborted } from "../errors.js";
import { partition } from "../federation/partitioners/index.js";
import type { Engine } from "../kernels/index.js";
import type { NetworkSpec } from "../network/spec.js";
import { InThreadPool } from "../workers/in-thread.js";
import type { FixedGridConfig } from "./config/diffusion.js";
import type { ExperimentConfig } from "./config/schema.js";
import { inSection } from "./config/section.js";
import { loadData } from "./data.js";
import { certifiedGrid, checkGrid, fixedGrid } from "./grid.js";
import { exactLaw, type RunLaw } from "./law.js";

/** All that a run needs before it trains. */
export interface PreparedRun {
  readonly data: DataSplit;
  /** clientRows[n]: rows of the training data that client n holds. */
  readonly clientRows: readonly Uint32Array[];
  /** keepRatios[n]: capacity of client n. */
  readonly keepRatios: readonly number[];
  readonly transform: Transform;
  /** Training points after the transform, float32 [rows, network.dimension]. */
  readonly points: Float32Array;
  readonly network: NetworkSpec;
  /** The data law in the coordinates of the network, where its exact denoiser is known. */
  readonly law: RunLaw;
  /** The sampling grid; undefined: a certified one that waits for the trained network. */
  readonly grid: FixedGridConfig | undefined;
}

/**
 * Reads the data, deals them to the clients and fits the transforms from the clients' summed moments.
 * @throws FedscoreError for all that is wrong with the config or its files; nothing has been written then.
 */
export async function prepareRun(
  engine: Engine,
  config: ExperimentConfig,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<PreparedRun> {
  const { seed, federation, sampling } = config;
  const schedule = inSection("config", () => createSchedule(config.schedule));
  inSection("config.sampling", () => checkGrid(sampling.grid, schedule));
  const data = await loadData(engine, config.data, folder, seed);
  throwIfAborted(signal);
  const clientRows = deal(engine, config, data.train);
  const { points, dimension } = data.train;
  const moments = summedMoments(engine, points, dimension, clientRows);
  const transform = inSection("config", () => fitTransforms(engine, config.transforms, moments));
  const variances = covarianceOf(transform.moments(moments));
  const law = exactLaw(engine, config.data, transform);
  const grid = fixedGrid(sampling.grid) ?? (await gridOfLaw(engine, config, law, transform.outputDimension, signal));
  return {
    data,
    clientRows,
    keepRatios: clientRows.map((_, client) => federation.capacities[client % federation.capacities.length]),
    transform,
    points: transform.forward(points),
    network: {
      ...config.network,
      dimension: transform.outputDimension,
      sigmaData: config.network.sigmaData ?? rootMeanVariance(variances, transform.outputDimension),
    },
    law,
    grid,
  };
}

/** The certified grid for the run's law; undefined where its exact denoiser is not known. */
async function gridOfLaw(
  engine: Engine,
  { schedule, sampling, seed }: ExperimentConfig,
  found: RunLaw,
  dimension: number,
  signal: AbortSignal | undefined,
): Promise<FixedGridConfig | undefined> {
  if (sampling.grid.kind !== "certified" || !("law" in found)) return undefined;
  const { law } = found;
  const source = { clean: law, denoiser: law, dimension };
  return certifiedGrid(new InThreadPool(engine), sampling.grid, createSchedule(schedule), source, seed, signal);
}

function deal(engine: Engine, { federation, data, seed }: ExperimentConfig, train: Dataset): Uint32Array[] {
  const { clients, partition: spec } = federation;
  const count = rowCount(train);
  if (clients > count) {
    throw invalid(`config.federation.clients must not exceed the ${count} training rows, got ${clients}`);
  }
  if (spec.kind !== "iid" && !train.labels) {
    throw invalid(
      `config.federation.partition of kind "${spec.kind}" needs classes, which these data of kind "${data.kind}" do not have`,
    );
  }
  const request = { count, clients, seed, ...(train.labels && { labels: train.labels }) };
  const dealt = inSection("config.federation", () => partition(engine, spec, request));
  const idle = dealt.findIndex((rows) => rows.length === 0);
  if (idle >= 0) throw invalid(`config.federation.partition of kind "${spec.kind}" leaves client ${idle} without rows`);
  return dealt;
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}

/** Standard deviation per coordinate: the root of the mean of a covariance's diagonal; 1 for constant data. */
function rootMeanVariance(covariance: Float64Array, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += covariance[i * (dimension + 1)];
  return sum > 0 ? Math.sqrt(sum / dimension) : 1;
}
