import { resolve } from "node:path";
import { type Dataset, rowCount, selectRows } from "../../data/dataset.js";
import type { DataFile } from "../../data/formats/format.js";
import { loadMnist } from "../../data/mnist.js";
import { readDataset } from "../../data/read.js";
import { type DataSplit, splitDataset } from "../../data/split.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { DataConfig } from "../config/data.js";
import { leastHeldOut, type RowCounts, rowCounts } from "../config/row-counts.js";
import type { ExperimentConfig } from "../config/schema.js";
import { namedIn } from "../config/section.js";
import { readBytes } from "../files/read-file.js";
import { drawTarget } from "./draw-target.js";

/** The rows of a run. */
export interface RunData extends DataSplit {
  /** The first of the held-out rows, which are not among the others, where they decide when training ends. */
  readonly deciding?: Dataset;
}

/** What of a config says which rows a run has. */
export type RowsConfig = Pick<ExperimentConfig, "data" | "seed" | "training">;

/**
 * The points of a config, training and held-out rows, all in random order. Paths are relative to `folder`.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, FEDSCORE_INVALID_CONFIG where there are too few rows.
 */
export async function loadData(engine: Engine, config: RowsConfig, folder: string): Promise<RunData> {
  const { data, seed, training } = config;
  const split = await loadSplit(engine, data, folder, seed);
  return training.earlyStop ? withDeciding(split, training.earlyStop.rows) : split;
}

function withDeciding({ train, heldOut }: DataSplit, rows: number): RunData {
  const most = rowCount(heldOut) - leastHeldOut;
  if (rows > most) {
    const rule = `must leave at least ${leastHeldOut} of the ${rowCount(heldOut)} held-out rows to measure on, got ${rows}`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", `config.training.earlyStop.rows ${rule}`);
  }
  const [deciding, left] = [
    Array.from({ length: rows }, (_, row) => row),
    Array.from({ length: rowCount(heldOut) - rows }, (_, row) => rows + row),
  ].map((each) => selectRows(heldOut, Uint32Array.from(each)));
  return { train, heldOut: left, deciding };
}

async function loadSplit(engine: Engine, config: DataConfig, folder: string, seed: number): Promise<DataSplit> {
  if (config.kind === "clients") {
    const message = 'config.data of kind "clients" are rows that clients hold: fedscore coordinate runs such a config';
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
  }
  if (config.kind === "mnist") return holdOut(engine, await loadMnist(), config, seed);
  if ("path" in config) return holdOut(engine, await readRows(folder, config), config, seed);
  return drawTarget(engine, config, seed);
}

async function readRows(folder: string, config: Extract<DataConfig, { path: string }>): Promise<Dataset> {
  const { path, labels, train: _train, heldOut: _heldOut, ...format } = config;
  const file = openFile(folder, "path", path);
  const labelled = labels === undefined ? {} : { labels: openFile(folder, "labels", labels) };
  try {
    return await readDataset(file, { format, ...labelled });
  } catch (error) {
    throw error instanceof FedscoreError && error.code === "FEDSCORE_INVALID_DATA"
      ? withConfigKeys(error)
      : namedIn("config.data", error);
  }
}

/** The error with the settings that it advises named by their keys of the config: "set config.data.delimiter to ...". */
function withConfigKeys(error: FedscoreError): FedscoreError {
  const { advice } = error.details;
  if (typeof advice !== "string") return error;
  const named = advice.replace(/\b(set|and) (\w+)(?= to )/g, "$1 config.data.$2");
  const message = error.message.slice(0, -advice.length) + named;
  return new FedscoreError(error.code, message, { ...error.details, advice: named }, error.cause);
}

function openFile(folder: string, key: string, path: string): DataFile {
  return { bytes: readBytes(resolve(folder, path), { place: `config.data.${key}: ` }), source: path };
}

/** Parts the rows of a file as the config counts them. */
function holdOut(engine: Engine, dataset: Dataset, counts: RowCounts, seed: number): DataSplit {
  const rows = rowCount(dataset);
  const { train, heldOut } = rowCounts("config.data", rows, counts);
  const split = splitDataset(engine, dataset, { heldOut: heldOut / rows, seed });
  const kept = Uint32Array.from({ length: train }, (_, row) => row);
  return { train: selectRows(split.train, kept), heldOut: split.heldOut };
}
