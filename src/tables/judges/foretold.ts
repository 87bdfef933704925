import { ArgumentError, requireArray, requireObject, requireText } from "../../errors.js";
import type { CategoryColumn, Column, Table } from "../column.js";
import { takeRows } from "../table-rows.js";
import type { TableCondition } from "../where/condition.js";
import { rowsWhere } from "../where/rows-where.js";

/** What is to be foretold of a row, and from what: the class that a column has, or whether a condition holds. */
export interface Foretold {
  /** Name of a category column, whose class is foretold. */
  readonly column?: string;
  /** In the place of a column: an event. Where it asks for a number or a category, rows with a gap in its column do not count. */
  readonly condition?: TableCondition;
  /** Names of the columns that it is foretold from. Default: see `efficacy`. */
  readonly from?: readonly string[];
}

/** Throws unless there is one thing to foretell in a table, and its other columns are named. */
export function requireForetold(table: Table, foretold: Foretold): void {
  const { column, condition, from } = foretold;
  if ((column === undefined) === (condition === undefined))
    throw new ArgumentError("options", "must have either column or condition", Object.keys(foretold));
  if (condition) conditionedColumn(table, condition);
  else classColumn(table, column);
  if (from === undefined) return;
  requireArray("from", from);
  const others = otherColumns(table, foretold);
  for (const [index, name] of from.entries())
    if (!others.includes(name))
      throw new ArgumentError(`from[${index}]`, "must be another column than the one that is foretold", name);
}

/** Names of all columns but the one that is foretold. */
export function otherColumns({ columns }: Table, { column, condition }: Foretold): string[] {
  const own = column ?? condition?.column;
  return columns.flatMap(({ name }) => (name === own ? [] : [name]));
}

/** Rows whose class is known: the class first, then what it is foretold from. */
export function labelledRows(table: Table, foretold: Foretold): Table {
  const { column, condition, from = otherColumns(table, foretold) } = foretold;
  const label = condition ? eventColumn(table, condition) : classColumn(table, column);
  const features = table.columns.filter(({ name }) => from.includes(name));
  const rows = Uint32Array.from(label.missing, (_, row) => row).filter((row) => label.missing[row] === 0);
  return takeRows({ rows: table.rows, columns: [label, ...features] }, rows);
}

function classColumn({ columns }: Table, name: string | undefined): CategoryColumn {
  requireText("column", name);
  const named = columns.flatMap((column) => (column.kind === "category" && column.name === name ? [column] : []));
  if (named.length !== 1) throw new ArgumentError("column", "must be the name of one category column", name);
  return named[0];
}

function conditionedColumn({ columns }: Table, condition: TableCondition): Column {
  const { column: name } = requireObject("condition", condition);
  const found = columns.find((column) => column.name === name);
  if (!found) throw new ArgumentError("condition.column", "must be a column of the table", name);
  return found;
}

/** Whether a condition holds for each row. */
function eventColumn(table: Table, condition: TableCondition): CategoryColumn {
  const { name, missing: gaps } = conditionedColumn(table, condition);
  const codes = new Uint32Array(table.rows);
  for (const row of rowsWhere(table, [condition])) codes[row] = 1;
  const missing = condition.value === null ? new Uint8Array(table.rows) : gaps;
  return { kind: "category", name, categories: ["false", "true"], codes, missing };
}
