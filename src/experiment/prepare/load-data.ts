import { type Dataset, rowCount, selectRows } from "../../data/dataset.js";
import { readDataset } from "../../data/read.js";
import { type DataSplit, splitDataset } from "../../data/split.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { DataConfig } from "../config/data.js";
import { leastHeldOut, type RowCounts, rowCounts } from "../config/row-counts.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { RunInput } from "../input.js";
import { namedInData, openFile } from "./data-file.js";
import type { DealConfig } from "./deal.js";
import { drawTarget } from "./draw-target.js";
import { loadTable, type Reading, withoutHeldOut } from "./load-table.js";
import { rowsOfClients } from "./rows-of-clients.js";
import type { RunData } from "./run-data.js";

/** What of a config says which rows a run has. */
export interface RowsConfig extends DealConfig, Pick<ExperimentConfig, "training"> {}

/**
 * The points of a config, training and held-out rows, all in random order. Files come from `input`.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA, FEDSCORE_INVALID_CONFIG where there are too few rows.
 */
export async function loadData(
  engine: Engine,
  config: RowsConfig,
  input: RunInput,
  reading: Reading = {},
): Promise<RunData> {
  const { data, seed, training } = config;
  const split =
    data.kind === "table"
      ? await loadTable(engine, { ...config, data }, input, reading)
      : await loadSplit(engine, data, input, seed);
  return training.earlyStop ? withDeciding(split, training.earlyStop.rows) : split;
}

function withDeciding({ train, heldOut, table }: RunData, rows: number): RunData {
  const most = rowCount(heldOut) - leastHeldOut;
  if (rows > most) {
    const rule = `must leave at least ${leastHeldOut} of the ${rowCount(heldOut)} held-out rows to measure on, got ${rows}`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", `config.training.earlyStop.rows ${rule}`);
  }
  const [deciding, left] = [
    Array.from({ length: rows }, (_, row) => row),
    Array.from({ length: rowCount(heldOut) - rows }, (_, row) => rows + row),
  ].map((each) => selectRows(heldOut, Uint32Array.from(each)));
  return { train, heldOut: left, deciding, ...(table && { table: withoutHeldOut(table, rows) }) };
}

async function loadSplit(
  engine: Engine,
  config: Exclude<DataConfig, { kind: "table" }>,
  input: RunInput,
  seed: number,
): Promise<DataSplit> {
  if (config.kind === "clients") throw rowsOfClients();
  if (config.kind === "mnist") return holdOut(engine, await input.digits(), config, seed);
  if ("path" in config) return holdOut(engine, await readRows(input, config), config, seed);
  return drawTarget(engine, config, seed);
}

async function readRows(
  input: RunInput,
  config: Exclude<Extract<DataConfig, { path: string }>, { kind: "table" }>,
): Promise<Dataset> {
  const { path, labels, train: _train, heldOut: _heldOut, ...format } = config;
  const file = openFile(input, "path", path);
  const labelled = labels === undefined ? {} : { labels: openFile(input, "labels", labels) };
  try {
    return await readDataset(file, { format, ...labelled });
  } catch (error) {
    throw namedInData(error);
  }
}

/** Parts the rows of a file as the config counts them. */
function holdOut(engine: Engine, dataset: Dataset, counts: RowCounts, seed: number): DataSplit {
  const rows = rowCount(dataset);
  const { train, heldOut } = rowCounts("config.data", rows, counts);
  const split = splitDataset(engine, dataset, { heldOut: heldOut / rows, seed });
  const kept = Uint32Array.from({ length: train }, (_, row) => row);
  return { train: selectRows(split.train, kept), heldOut: split.heldOut };
}
