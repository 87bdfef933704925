import type { ModelTable } from "../../model/model.js";
import type { Table } from "../../tables/column.js";
import type { Prediction } from "./prediction.js";

/** The clients that a column of a table names. */
export interface TableClients {
  /** names[n] is what the cells of client n say, ascending; "" of rows without one. */
  readonly names: readonly string[];
  /** int32 [rows]: the client of each training row. */
  readonly train: Int32Array;
  /** int32 [rows]: the client that each held-out row was of. */
  readonly heldOut: Int32Array;
}

/** The table that the points of a run are the rows of. */
export interface RunTable extends ModelTable {
  /** The training rows, in the order of their points. */
  readonly train: Table;
  /** The held-out rows, in the order of their points. */
  readonly heldOut: Table;
  /** Fewest rows that a number or a category in a client's summary stood for. */
  readonly smallestCount: number;
  /** Whom a column of the file says each row to be of, where the config names one. */
  readonly clients?: TableClients | undefined;
  /** What is to be foretold, where the config says it. */
  readonly prediction?: Prediction;
  /** Cells of each column that became gaps because they did not fit; columns without such cells are left out. */
  readonly invalid: Readonly<Record<string, number>>;
  /** Training and held-out cells of each column that the encoding has no code for; columns without such cells are left out. */
  readonly unknown: Readonly<Record<string, number>>;
}
