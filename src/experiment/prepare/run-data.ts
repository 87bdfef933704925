import type { Dataset } from "../../data/dataset.js";
import type { DataSplit } from "../../data/split.js";
import type { RunTable } from "./run-table.js";

/** The rows of a run. */
export interface RunData extends DataSplit {
  /** The first of the held-out rows, which are not among the others, where they decide when training ends. */
  readonly deciding?: Dataset;
  /** The table that the points are rows of, where they are. */
  readonly table?: RunTable;
}
