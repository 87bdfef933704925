import { describeValue } from "../../errors.js";
import type { Table } from "../../tables/column.js";
import type { ColumnEncoding, TableEncoding } from "../../tables/encoding/column-encoding.js";

/** Share of a column's rows from which on it tells little. */
const most = 0.5;

/** A column most rows of which are "other", since no client has enough rows of their categories to name them. */
export interface MostlyOther {
  readonly name: string;
  /** For people, to follow the name. */
  readonly reason: string;
}

/** The columns that tell little of what their cells say. */
export function mostlyOther({ columns }: TableEncoding, table: Table, smallestCount: number): MostlyOther[] {
  return columns.flatMap((encoding) => {
    const count = otherRows(encoding, table);
    if (count <= most * table.rows) return [];
    const share = Math.round((100 * count) / table.rows);
    const reason = `is "other" in ${share} % of the rows, as no client has ${smallestCount} rows of what they say`;
    return [{ name: encoding.name, reason }];
  });
}

/** What to do about them. */
export function mostlyOtherNotes(found: readonly MostlyOther[]): string[] {
  return found.map(({ name, reason }) => `${describeValue(name)} ${reason}: leave it out, or lower data.smallestCount`);
}

function otherRows(encoding: ColumnEncoding, table: Table): number {
  const column = table.columns.find(({ name }) => name === encoding.name);
  if (encoding.kind !== "category" || encoding.other === undefined || column?.kind !== "category") return 0;
  const named = new Set(encoding.categories);
  const isOther = column.categories.map((category) => !named.has(category));
  return column.codes.reduce((sum, code, row) => sum + Number(!column.missing[row] && isOther[code]), 0);
}
