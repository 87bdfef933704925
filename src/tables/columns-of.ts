import { ArgumentError, describeValue } from "../errors.js";
import type { Column, Table } from "./column.js";
import { requireTable } from "./require-tables.js";
import { codecOf } from "./schema/codec-of.js";
import type { TableField, TableSchema } from "./schema/field.js";

/** The columns of a table, each beside its field. @throws ArgumentError for a table with other columns, or cells that they cannot have. */
export function columnsOf(
  table: Table,
  { fields }: TableSchema,
): { readonly field: TableField; readonly column: Column }[] {
  requireTable("table", table);
  return fields.map((field) => {
    const column = table.columns.find(({ name }) => name === field.name);
    const { kind } = codecOf(field);
    if (column?.kind !== kind)
      throw new ArgumentError(
        "table",
        `must have the ${kind} column ${describeValue(field.name)}`,
        column?.kind ?? "none",
      );
    return { field, column };
  });
}
