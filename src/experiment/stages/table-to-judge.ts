import type { Table } from "../../tables/column.js";
import type { TableSchema } from "../../tables/schema/field.js";
import type { TableTargets } from "../config/table-targets.js";
import type { Prediction } from "../prepare/prediction.js";
import type { Part } from "../result/not-computed.js";
import type { ReadyRun } from "./ready-run.js";

/** A table to be judged: what a run has of it. */
export interface TableToJudge {
  readonly schema: TableSchema;
  readonly dimension: number;
  readonly train: Table;
  readonly heldOut: Table;
  readonly synthetic: Part<Table>;
  /** Rows of the dense reference; undefined: there is none. */
  readonly reference: Part<Table> | undefined;
  readonly smallestCount: number;
  /** Cells of each column that did not fit it, and that the encoding has no code for. */
  readonly invalid: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
  /** What is foretold; undefined: nothing. */
  readonly prediction: Prediction | undefined;
  /** What is asked of the synthetic rows; undefined: nothing. */
  readonly targets: TableTargets | undefined;
  /** Training rows of each client; undefined: nothing may be told of them. */
  readonly clientRows: readonly Uint32Array[] | undefined;
  /** Names of the clients. */
  readonly clients: readonly string[] | undefined;
  /** The column whose values these names are. */
  readonly clientColumn: string | undefined;
}

/** What judging needs of a run. */
export type JudgingRun = Pick<ReadyRun, "pool" | "signal" | "onProgress"> & {
  readonly config: { readonly seed: number; readonly sampling: Pick<ReadyRun["config"]["sampling"], "count"> };
};
