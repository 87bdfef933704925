import { describeValue } from "../../errors.js";
import type { Table } from "../../tables/column.js";
import type { TableEncoding } from "../../tables/encoding/column-encoding.js";

/** Share of a column's rows from which on it tells little. */
const most = 0.5;

/** For people: columns most rows of which are "other", since no client has enough rows of their categories to name them. */
export function mostlyOther({ columns }: TableEncoding, table: Table, smallestCount: number): string[] {
  return columns.flatMap((encoding) => {
    const column = table.columns.find(({ name }) => name === encoding.name);
    if (encoding.kind !== "category" || encoding.other === undefined || column?.kind !== "category") return [];
    const named = new Set(encoding.categories);
    const isOther = column.categories.map((category) => !named.has(category));
    const count = column.codes.reduce((sum, code, row) => sum + Number(!column.missing[row] && isOther[code]), 0);
    if (count <= most * table.rows) return [];
    const share = Math.round((100 * count) / table.rows);
    return [
      `${describeValue(column.name)} is "other" in ${share} % of the rows, as no client has ${smallestCount} rows of what they say: leave it out, or lower data.smallestCount`,
    ];
  });
}
