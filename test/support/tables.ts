import type { CategoryColumn, Column, NumberColumn, Table } from "../../src/tables/column.js";

/** A column of numbers; null is a gap. */
export function numberColumn(name: string, cells: readonly (number | null)[]): NumberColumn {
  return {
    kind: "number",
    name,
    values: Float64Array.from(cells, (cell) => cell ?? 0),
    missing: Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0)),
  };
}

/** A column of categories, listed in the order in which they occur unless told; null is a gap. */
export function categoryColumn(
  name: string,
  cells: readonly (string | null)[],
  categories: readonly string[] = [...new Set(cells.filter((cell) => cell !== null))],
): CategoryColumn {
  return {
    kind: "category",
    name,
    categories,
    codes: Uint32Array.from(cells, (cell) => (cell === null ? 0 : categories.indexOf(cell))),
    missing: Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0)),
  };
}

/** A table of columns of equal length. */
export function tableOf(...columns: readonly Column[]): Table {
  return { rows: columns[0]?.missing.length ?? 0, columns };
}

/** What a row's cells say, null for a gap. */
export function rowOf({ columns }: Table, row: number): (number | string | null)[] {
  return columns.map((column) => {
    if (column.missing[row]) return null;
    return column.kind === "number" ? column.values[row] : column.categories[column.codes[row]];
  });
}
