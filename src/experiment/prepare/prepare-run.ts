import { type Dataset, rowCount } from "../../data/dataset.js";
import { covarianceOf, type Moments, meanOf, summedMoments } from "../../data/moments.js";
import { fitTransforms, type Transform } from "../../data/transforms/index.js";
import { samplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { FedscoreError, throwIfAborted } from "../../errors.js";
import type { DevicesOptions } from "../../federation/devices/options.js";
import type { Engine } from "../../kernels/index.js";
import { type NetworkSpec, requireNetwork } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";
import { trainingRows } from "../../network/training-rows.js";
import type { DataMoments } from "../../theory/worst-case-discretization.js";
import { InThreadPool } from "../../workers/in-thread.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import type { RunInput } from "../input.js";
import { beginStage, type ProgressListener } from "../progress.js";
import { capacitiesOf } from "./capacities.js";
import { deal } from "./deal.js";
import { devicesOf } from "./devices.js";
import { isTarget, targetOf } from "./draw-target.js";
import { exactLaw, type RunLaw } from "./exact-law.js";
import { requireDigits, requireLevels, requireRange } from "./float32-range.js";
import { initialParameters } from "./initial-parameters.js";
import { requireJudgeable, requireJudges } from "./judgeable.js";
import { loadData } from "./load-data.js";
import { requireResolvedEnd } from "./resolution.js";
import type { RunData } from "./run-data.js";
import { certifiedGrid, fixedGrid, requireErrorsOf, type SamplingGrid } from "./sampling-grid.js";
import { requireSizes } from "./sizes.js";
import { trainingSettings } from "./training-settings.js";

/** All that a run needs before it trains. */
export interface PreparedRun {
  readonly data: RunData;
  /** clientRows[n]: rows of the training data that client n holds. */
  readonly clientRows: readonly Uint32Array[];
  /** rowCounts[n]: how many these are; where client n holds its rows itself, how many it says they are. */
  readonly rowCounts: readonly number[];
  /** keepRatios[n]: capacity of client n. */
  readonly keepRatios: readonly number[];
  /** What the clients run on, in virtual time; undefined: time is real. */
  readonly devices?: DevicesOptions | undefined;
  readonly transform: Transform;
  /** Training points after the transform, float32 [rows, network.dimension]. */
  readonly points: Float32Array;
  /** What the network trains on, float32 [rows, rowWidth(network)]: the points and, where it has classes, theirs. */
  readonly rows: Float32Array;
  /** Held-out points after the transform, float32 [rows, network.dimension]. */
  readonly heldOut: Float32Array;
  /** Rows, as `rows`, of held-out points that decide when training ends, and nothing else. */
  readonly deciding: Float32Array | undefined;
  /** Of the training points after the transform, as the clients' sums say. */
  readonly moments: DataMoments;
  readonly network: NetworkSpec;
  readonly schedule: NoiseSchedule;
  readonly training: TrainingSettings;
  /** Parameters of a model that training begins with, float32 [P]; undefined: fresh ones. */
  readonly initial: Float32Array | undefined;
  /** The data law in the coordinates of the network, where its exact denoiser is known. */
  readonly law: RunLaw;
  /** The sampling grid; undefined: a certified one that waits for the trained network. */
  readonly grid: SamplingGrid | undefined;
}

/** Units in which the reading of a table is told. */
const wholeFile = 100;

/**
 * Reads the data, deals them to the clients and fits the transforms from the clients' summed moments.
 * @throws FedscoreError for all that is wrong with the config or its files; nothing has been written then.
 */
export async function prepareRun(
  engine: Engine,
  config: ExperimentConfig,
  input: RunInput,
  signal: AbortSignal | undefined,
  onProgress: ProgressListener = () => {},
): Promise<PreparedRun> {
  const { schedule, grid: fixed } = checkSettings(engine, config);
  const devices = devicesOf(config, input);
  const onAdvance = beginStage(onProgress, "data", config.data.kind === "table" ? wholeFile : 0);
  const onRead = (share: number) => onAdvance(Math.floor(share * wholeFile));
  const data = await loadData(engine, config, input, { signal, onRead });
  throwIfAborted(signal);
  requireSizes(engine, config, {
    dimension: data.train.dimension,
    train: rowCount(data.train),
    heldOut: rowCount(data.heldOut),
  });
  requireJudgeable(config, data.train);
  const { points, dimension, labels } = data.train;
  const clientRows = deal(engine, config, { count: rowCount(data.train), labels, owners: data.table?.clients?.train });
  requireDigits(data.train, config.transforms.length > 0);
  const sums = summedMoments(engine, data.train.exact ?? points, dimension, clientRows);
  const transform = inSection("config", () => fitTransforms(engine, config.transforms, sums));
  const moments = dataMoments(transform.moments(sums));
  const law = exactLaw(engine, config.data, transform);
  const transformed = ({ points, exact }: Dataset) => transform.forward(exact ?? points);
  const prepared = { points: transformed(data.train), heldOut: transformed(data.heldOut) };
  requireRange(prepared, transform);
  requireResolvedEnd(config, { law, schedule, grid: fixed?.grid, points: prepared.points });
  const grid = fixed ?? (await gridOfLaw(engine, config, schedule, law, moments.dimension, signal));
  const network = {
    ...config.network,
    dimension: moments.dimension,
    sigmaData: config.network.sigmaData ?? standardDeviation(moments),
  };
  if (grid)
    inSection("config.sampling", () => requireErrorsOf(samplerName(config.sampling.sampler), grid, moments.dimension));
  const rows = inSection("config.network", () =>
    trainingRows(network, prepared.points, labels, "classes: labels of the training rows"),
  );
  const deciding =
    data.deciding &&
    trainingRows(network, transformed(data.deciding), data.deciding.labels, "classes: labels of the held-out rows");
  requireClassGuidance(config);
  const training = trainingSettings(config, grid?.grid);
  inSection("config", () => requireLevels(engine, network, schedule, training, grid?.grid));
  const rowCounts = clientRows.map((rows) => rows.length);
  return {
    data,
    clientRows,
    rowCounts,
    keepRatios: capacitiesOf(engine, config, { network, training, devices, rowCounts }),
    ...(devices && { devices }),
    transform,
    ...prepared,
    deciding,
    rows,
    moments,
    network,
    schedule,
    training,
    initial: initialParameters(engine, config, network, input),
    law,
    grid,
  };
}

/** What the rules between a config's settings are checked by, and made of. */
export interface CheckedSettings {
  readonly schedule: NoiseSchedule;
  /** undefined: a certified one. */
  readonly grid: SamplingGrid | undefined;
}

/**
 * Checks all that a valid config alone can get wrong, before anything is read or drawn.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG naming the key.
 */
export function checkSettings(engine: Engine, config: ExperimentConfig): CheckedSettings {
  const schedule = inSection("config", () => createSchedule(config.schedule));
  inSection("config", () => requireNetwork("network", { ...config.network, dimension: 1, sigmaData: 1 }));
  const grid = inSection("config.sampling", () => fixedGrid(config.sampling, schedule));
  requireJudges(config);
  const { data, training, apriori } = config;
  if (training.earlyStop && apriori)
    throw invalid(
      "config.apriori must be left out with config.training.earlyStop: the bound is one of all rounds and of the last one's parameters",
    );
  requireClientColumn(config);
  if (isTarget(data)) requireSizes(engine, config, { ...data, dimension: targetOf(data).dimension });
  return { schedule, grid };
}

/** A column that names clients and a partition by it need one another. */
function requireClientColumn({ data, federation }: ExperimentConfig): void {
  const { kind } = federation.partition;
  const isNamed = data.kind === "table" && data.clientColumn !== undefined;
  if (kind === "column" && !isNamed)
    throw invalid(
      'config.federation.partition of kind "column" needs a table whose data.clientColumn names the clients',
    );
  if (kind !== "column" && isNamed)
    throw invalid(`config.federation.partition.kind must be "column" beside config.data.clientColumn, got "${kind}"`);
}

function requireClassGuidance({ network, sampling }: ExperimentConfig): void {
  if (sampling.guidance === undefined || network.classes !== undefined) return;
  throw invalid("config.sampling.guidance needs network.classes: without classes there is nothing to guide to");
}

/** The certified grid for the run's law; undefined where its exact denoiser is not known. */
async function gridOfLaw(
  engine: Engine,
  { sampling, seed }: ExperimentConfig,
  schedule: NoiseSchedule,
  found: RunLaw,
  dimension: number,
  signal: AbortSignal | undefined,
): Promise<SamplingGrid | undefined> {
  const { sampler, grid } = sampling;
  if (grid.kind !== "certified" || !("law" in found)) return undefined;
  const { law } = found;
  const source = { clean: law, denoiser: law, dimension };
  return certifiedGrid(
    new InThreadPool(engine),
    { sampler: samplerName(sampler), grid },
    schedule,
    source,
    seed,
    signal,
  );
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}

/** Traces of what the clients' sums say of the points. */
export function dataMoments(sums: Moments): DataMoments {
  const { dimension } = sums;
  const covariance = covarianceOf(sums);
  let variance = 0;
  for (let i = 0; i < dimension; i++) variance += covariance[i * (dimension + 1)];
  variance = Math.max(0, variance);
  return { dimension, variance, secondMoment: meanOf(sums).reduce((sum, value) => sum + value * value, variance) };
}

/** Per coordinate: the root of the mean variance; 1 for constant data. */
export function standardDeviation({ variance, dimension }: DataMoments): number {
  return variance > 0 ? Math.sqrt(variance / dimension) : 1;
}
