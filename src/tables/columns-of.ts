import { ArgumentError, describeValue, requireLength, requireTyped } from "../errors.js";
import type { Column, Table } from "./column.js";
import { codecOf } from "./schema/codec-of.js";
import type { TableField, TableSchema } from "./schema/field.js";

/** The columns of a table, each beside its field. @throws ArgumentError for a table with other columns, or cells that they cannot have. */
export function columnsOf(
  table: Table,
  { fields }: TableSchema,
): { readonly field: TableField; readonly column: Column }[] {
  return fields.map((field) => {
    const column = table.columns.find(({ name }) => name === field.name);
    const { kind } = codecOf(field);
    if (column?.kind !== kind)
      throw new ArgumentError(
        "table",
        `must have the ${kind} column ${describeValue(field.name)}`,
        column?.kind ?? "none",
      );
    requireCells(column, table.rows);
    return { field, column };
  });
}

/** @throws ArgumentError for cells that a column cannot have. */
export function requireCells(column: Column, rows: number): void {
  const place = `table column ${describeValue(column.name)}`;
  requireTyped(`${place}.missing`, column.missing, Uint8Array);
  requireLength(`${place}.missing`, column.missing, rows);
  if (column.kind === "number") {
    requireTyped(`${place}.values`, column.values, Float64Array);
    requireLength(`${place}.values`, column.values, rows);
    const bad = column.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new ArgumentError(`${place}.values[${bad}]`, "must be finite", column.values[bad]);
    return;
  }
  requireTyped(`${place}.codes`, column.codes, Uint32Array);
  requireLength(`${place}.codes`, column.codes, rows);
  const { categories, missing } = column;
  const bad = column.codes.findIndex((code, row) => !missing[row] && code >= categories.length);
  if (bad >= 0)
    throw new ArgumentError(`${place}.codes[${bad}]`, `must lie below ${categories.length}`, column.codes[bad]);
}
