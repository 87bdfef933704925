import { mostSampledNumbers } from "../../diffusion/sample.js";
import { ArgumentError } from "../../errors.js";
import { requireClientMemory } from "../../federation/client-memory.js";
import type { Engine } from "../../kernels/index.js";
import { levelFields } from "../../network/training-fields.js";
import { fit } from "../config/federation.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";

/** The data of a run, before they are drawn or as they were read. */
export interface DataSize {
  readonly dimension: number;
  readonly train: number;
  readonly heldOut: number;
}

/** Numbers of one data set, of which an engine must hold a part beside a network: 2 GiB. */
const mostDataNumbers = 2 ** 29;

/**
 * Products of a config's numbers, which no range of a single key can show.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG naming the key and the most that it may be.
 */
export function requireSizes(engine: Engine, config: ExperimentConfig, data: DataSize): void {
  const { sampling, apriori, network } = config;
  inSection("config", () => {
    const dimension = transformedDimension(config.transforms, data.dimension);
    const widest = Math.max(data.dimension, dimension);
    requireRows("data.train", data.train, data.dimension, mostDataNumbers);
    requireRows("data.heldOut", data.heldOut, data.dimension, mostDataNumbers);
    requireRows("sampling.count", sampling.count, widest, mostSampledNumbers);
    if (apriori) requireRows("apriori.probes", apriori.probes, 5 * dimension + network.noiseFeatures, mostDataNumbers);
    requireEnoughRows(config.federation.clients, data.train);
    requireMemory(engine, config, data, dimension);
  });
}

function requireRows(key: string, rows: number, width: number, mostNumbers: number): void {
  const most = Math.floor(mostNumbers / width);
  if (rows > most) throw new ArgumentError(key, `must be at most ${most}, of ${width} numbers each`, rows);
}

function requireEnoughRows(clients: number, rows: number): void {
  if (clients > rows)
    throw new ArgumentError("federation.clients", `must not exceed the ${rows} training rows`, clients);
}

/** The dimension that the network sees. */
function transformedDimension(transforms: ExperimentConfig["transforms"], dimension: number): number {
  let width = dimension;
  for (const [index, spec] of transforms.entries()) {
    if (spec.kind !== "pca") continue;
    if (spec.components > width) {
      const rule = `must be at most ${width}, the dimension before this transform`;
      throw new ArgumentError(`transforms[${index}].components`, rule, spec.components);
    }
    width = spec.components;
  }
  return width;
}

function requireMemory(engine: Engine, config: ExperimentConfig, { train }: DataSize, dimension: number): void {
  const { federation, reference, pruning } = config;
  const { batchSize, optimizer, weighting, levels } = config.training;
  const { count = levelFields.count.absent } = levels;
  requireClientMemory(engine, {
    network: { ...config.network, dimension, sigmaData: 1 },
    training: { batchSize, optimizer, weighting, levels: { spacing: "time", count } },
    whole:
      reference.dense ||
      (federation.capacities !== fit && federation.capacities.includes(1)) ||
      pruning.family === "full",
    rows: reference.dense ? train : Math.ceil(train / federation.clients),
    rowsArgument: "data.train",
  });
}
