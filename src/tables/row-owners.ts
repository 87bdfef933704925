import type { Table } from "./column.js";
import type { TableSchema } from "./schema/field.js";

/** Whom a column of a file says each row to be of. */
export interface RowOwners {
  /** What the cells say, ascending; "" of rows without one. */
  readonly names: readonly string[];
  /** int32 [rows]: the place among the names. */
  readonly codes: Int32Array;
}

/** The schema that a file is read by for the owners of its rows. */
export function ownerSchema(name: string): TableSchema {
  return { fields: [{ name, type: "string" }] };
}

/** The owners in a table that was read by `ownerSchema`. */
export function rowOwners({ columns: [column] }: Table): RowOwners {
  if (column.kind !== "category") throw new Error("a column of texts is one of categories");
  const said = Array.from(column.codes, (code, row) => (column.missing[row] ? "" : column.categories[code]));
  const names = [...new Set(said)].sort();
  const codeOf = new Map(names.map((each, code) => [each, code]));
  return { names, codes: Int32Array.from(said, (each) => codeOf.get(each) ?? 0) };
}
