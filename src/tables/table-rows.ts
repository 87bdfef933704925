import { ArgumentError, requireNumber } from "../errors.js";
import { type Engine, Purpose, RandomStream, requireEngine } from "../kernels/index.js";
import { requireOptions } from "../options.js";
import type { Column, Table } from "./column.js";
import { sharedCodes } from "./present.js";
import { alikeColumns, requireTable } from "./require-tables.js";

/** Which rows are for training and which are held out; see `splitTable`. */
export interface TableSplitOptions {
  /** Fraction of the rows to hold out, in (0, 1); rounded to whole rows, at least one row on each side. */
  readonly heldOut: number;
  /** Integer in [0, 2^53). The same seed gives the same rows. */
  readonly seed: number;
}

/** Rows to train on and rows that are held out. */
export interface TableSplit {
  readonly train: Table;
  readonly heldOut: Table;
}

/** Parts a table of at least two rows at random. Two halves show what a measure says of real rows beside real rows. */
export function splitTable(engine: Engine, table: Table, options: TableSplitOptions): TableSplit {
  requireEngine(engine);
  requireTable("table", table);
  const { heldOut, seed } = requireOptions("options", options, ["heldOut", "seed"]);
  requireNumber("heldOut", heldOut, "must lie in (0, 1)", (fraction) => fraction > 0 && fraction < 1);
  if (table.rows < 2) throw new ArgumentError("table", "must have at least 2 rows to be split", table.rows);
  const order = shuffledRows(engine, table.rows, seed, Purpose.split);
  const size = heldOutRows(table.rows, heldOut);
  return { train: takeRows(table, order.subarray(size)), heldOut: takeRows(table, order.subarray(0, size)) };
}

/** How many of at least two rows a fraction of them is: at least one, and not all. */
export function heldOutRows(rows: number, fraction: number): number {
  return Math.min(Math.max(Math.round(fraction * rows), 1), rows - 1);
}

/** At most `most` rows of a table: itself, or rows drawn without replacement, kept in order. */
export function fewerRows(engine: Engine, table: Table, most: number, seed: number): Table {
  if (table.rows <= most) return table;
  return takeRows(table, shuffledRows(engine, table.rows, seed, Purpose.subsample).subarray(0, most).sort());
}

/** At most `most` rows of a table, its first. */
export function firstRows(table: Table, most: number): Table {
  if (table.rows <= most) return table;
  return takeRows(
    table,
    Uint32Array.from({ length: most }, (_, row) => row),
  );
}

/** The numbers of rows in a random order. */
export function shuffledRows(engine: Engine, rows: number, seed: number, purpose: Purpose): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  new RandomStream(engine, { seed, purpose }).shuffle(order);
  return order;
}

/** These rows of a table, in the given order. */
export function takeRows(table: Table, rows: Uint32Array): Table {
  return { rows: rows.length, columns: table.columns.map((column) => takeCells(column, rows)) };
}

/** These cells of a column, in the given order. */
export function takeCells(column: Column, rows: Uint32Array): Column {
  const missing = Uint8Array.from(rows, (row) => column.missing[row]);
  if (column.kind === "number")
    return { ...column, missing, values: Float64Array.from(rows, (row) => column.values[row]) };
  return { ...column, missing, codes: rows.map((row) => column.codes[row]) };
}

/** The rows of two tables of the same columns, those of the first before those of the second. */
export function stackTables(first: Table, second: Table): Table {
  return {
    rows: first.rows + second.rows,
    columns: first.columns.map((column, index) => stackColumns(column, second.columns[index])),
  };
}

function stackColumns(first: Column, second: Column): Column {
  const { name } = first;
  const pair = alikeColumns(first, second);
  const rows = first.missing.length;
  const missing = new Uint8Array(rows + second.missing.length);
  missing.set(first.missing);
  missing.set(second.missing, rows);
  if (pair.kind === "number") {
    const values = new Float64Array(missing.length);
    values.set(pair.real.values);
    values.set(pair.synthetic.values, rows);
    return { kind: "number", name, values, missing };
  }
  const { categories, codes: own } = sharedCodes(pair.real, pair.synthetic);
  const codes = new Uint32Array(missing.length);
  codes.set(own[0]);
  codes.set(own[1], rows);
  return { kind: "category", name, categories, codes: codes.map((code, row) => (missing[row] ? 0 : code)), missing };
}
