import { ArgumentError, describeValue, requireArray, requireObject } from "../../errors.js";
import type { Column, Table } from "../column.js";
import { requireTable } from "../require-tables.js";
import type { TableCondition } from "./condition.js";

/** Whether a cell, null for a gap, is as an operator asks. */
type Compare = (cell: number | string | null, value: number | string | null) => boolean;

const ordered =
  (holds: (cell: number, value: number) => boolean): Compare =>
  (cell, value) =>
    typeof cell === "number" && typeof value === "number" && holds(cell, value);

const comparisons: Readonly<Record<TableCondition["operator"], Compare>> = {
  "=": (cell, value) => cell === value,
  "!=": (cell, value) => cell !== value,
  "<": ordered((cell, value) => cell < value),
  "<=": ordered((cell, value) => cell <= value),
  ">": ordered((cell, value) => cell > value),
  ">=": ordered((cell, value) => cell >= value),
};

/**
 * The rows of a table that all conditions hold for, ascending. A gap is a value of its own: "=" a gap holds for gaps, "!=" a number for them too, and no order does.
 * @throws ArgumentError for a column that the table does not have.
 */
export function rowsWhere(table: Table, conditions: readonly TableCondition[]): Uint32Array<ArrayBuffer> {
  requireTable("table", table);
  requireArray("conditions", conditions);
  const tests = conditions.map((condition, index) => testOf(table, condition, `conditions[${index}]`));
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  return Uint32Array.from(rows.filter((row) => tests.every((holds) => holds(row))));
}

function testOf({ columns }: Table, condition: TableCondition, place: string) {
  const { column: name, operator, value } = requireObject(place, condition);
  const column = columns.find((each) => each.name === name);
  if (!column) throw new ArgumentError(`${place}.column`, "must be a column of the table", describeValue(name));
  const holds = comparisons[operator];
  if (typeof holds !== "function") throw new ArgumentError(`${place}.operator`, "must be an operator", operator);
  return (row: number) => holds(cellOf(column, row), value);
}

function cellOf(column: Column, row: number): number | string | null {
  if (column.missing[row]) return null;
  return column.kind === "number" ? column.values[row] : column.categories[column.codes[row]];
}
