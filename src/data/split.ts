import { ArgumentError, requireNumber } from "../errors.js";
import { type Engine, Purpose, RandomStream, requireEngine } from "../kernels/index.js";
import { requireOptions } from "../options.js";
import { type Dataset, rowCount, selectRows } from "./dataset.js";

/** How many rows are for training and how many are held out; see `splitDataset`. */
export interface SplitOptions {
  /** Fraction of the rows to hold out, in (0, 1); rounded to whole rows, at least one row on each side. */
  readonly heldOut: number;
  readonly seed: number;
}

/** Rows to train on and rows that are held out. */
export interface DataSplit {
  readonly train: Dataset;
  readonly heldOut: Dataset;
}

/** Parts a dataset of at least two rows at random. Both parts are in random order, so that any prefix is a fair sample. */
export function splitDataset(engine: Engine, dataset: Dataset, options: SplitOptions): DataSplit {
  const { heldOut, seed } = requireOptions("options", options, ["heldOut", "seed"]);
  requireNumber("heldOut", heldOut, "must lie in (0, 1)", (fraction) => fraction > 0 && fraction < 1);
  const count = rowCount(dataset);
  if (count < 2) throw new ArgumentError("dataset", "must have at least 2 rows to be split", count);
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  new RandomStream(requireEngine(engine), { seed, purpose: Purpose.split }).shuffle(rows);
  const size = Math.min(Math.max(Math.round(heldOut * count), 1), count - 1);
  return { train: selectRows(dataset, rows.subarray(size)), heldOut: selectRows(dataset, rows.subarray(0, size)) };
}
