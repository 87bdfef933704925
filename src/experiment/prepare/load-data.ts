import { type Dataset, rowCount, selectRows } from "../../data/dataset.js";
import type { DataFile } from "../../data/formats/format.js";
import { readDataset } from "../../data/read.js";
import { type DataSplit, splitDataset } from "../../data/split.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { DataConfig } from "../config/data.js";
import { leastHeldOut, type RowCounts, rowCounts } from "../config/row-counts.js";
import type { ExperimentConfig } from "../config/schema.js";
import { namedIn } from "../config/section.js";
import type { RunInput } from "../input.js";
import { drawTarget } from "./draw-target.js";

/** The rows of a run. */
export interface RunData extends DataSplit {
  /** The first of the held-out rows, which are not among the others, where they decide when training ends. */
  readonly deciding?: Dataset;
}

/** What of a config says which rows a run has. */
export type RowsConfig = Pick<ExperimentConfig, "data" | "seed" | "training">;

/**
 * The points of a config, training and held-out rows, all in random order. Files come from `input`.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, FEDSCORE_INVALID_CONFIG where there are too few rows.
 */
export async function loadData(engine: Engine, config: RowsConfig, input: RunInput): Promise<RunData> {
  const { data, seed, training } = config;
  const split = await loadSplit(engine, data, input, seed);
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

async function loadSplit(engine: Engine, config: DataConfig, input: RunInput, seed: number): Promise<DataSplit> {
  if (config.kind === "clients") {
    const message = 'config.data of kind "clients" are rows that clients hold: fedscore coordinate runs such a config';
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
  }
  if (config.kind === "mnist") return holdOut(engine, await input.digits(), config, seed);
  if ("path" in config) return holdOut(engine, await readRows(input, config), config, seed);
  return drawTarget(engine, config, seed);
}

async function readRows(input: RunInput, config: Extract<DataConfig, { path: string }>): Promise<Dataset> {
  const { path, labels, train: _train, heldOut: _heldOut, ...format } = config;
  const file = openFile(input, "path", path);
  const labelled = labels === undefined ? {} : { labels: openFile(input, "labels", labels) };
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

function openFile(input: RunInput, key: string, path: string): DataFile {
  return { bytes: input.read(path, `config.data.${key}: `), source: path };
}

/** Parts the rows of a file as the config counts them. */
function holdOut(engine: Engine, dataset: Dataset, counts: RowCounts, seed: number): DataSplit {
  const rows = rowCount(dataset);
  const { train, heldOut } = rowCounts("config.data", rows, counts);
  const split = splitDataset(engine, dataset, { heldOut: heldOut / rows, seed });
  const kept = Uint32Array.from({ length: train }, (_, row) => row);
  return { train: selectRows(split.train, kept), heldOut: split.heldOut };
}
