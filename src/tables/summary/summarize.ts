import { filledSettings, type Given } from "../../family.js";
import { integer } from "../../fields.js";
import type { CategoryColumn, NumberColumn, Table } from "../column.js";
import { columnsOf } from "../columns-of.js";
import { presentNumbers } from "../present.js";
import { codecOf } from "../schema/codec-of.js";
import type { TableSchema } from "../schema/field.js";
import { within } from "../schema/grid.js";
import { parseTableSchema } from "../schema/parse.js";
import { distinctPoints, groupedPoints, mergedPoints } from "./points.js";
import type { CategorySummary, ColumnSummary, NumberSummary, TableSummary } from "./table-summary.js";

/** Settings of a client's summary. */
export const summaryFields = {
  smallestCount: integer(
    "[1, inf)",
    5,
    "Fewest rows that a number or a category in a summary stands for. 1 tells all values: for rows that may be pooled.",
  ),
  quantiles: integer("[2, inf)", 256, "About how many values of a column of numbers a summary has."),
};

/** Settings of `summarizeTable`. */
export type SummaryOptions = Given<typeof summaryFields>;

/**
 * What a client says of its rows so that all clients can be encoded alike: of numbers about 256 quantiles, of categories their counts. No number and no category in
 * it stands for fewer than `smallestCount` rows; a client with fewer rows says nothing, whatever they are. The same rows in another order give the same summary.
 * @throws ArgumentError for a table without the columns of the schema.
 */
export function summarizeTable(table: Table, schema: TableSchema, options: SummaryOptions = {}): TableSummary {
  const checked = parseTableSchema(schema);
  const { smallestCount, quantiles } = filledSettings(summaryFields, "summary", options);
  const present = columnsOf(table, checked);
  const isSilent = table.rows < smallestCount;
  const columns = present.map(({ field, column }): ColumnSummary => {
    if (column.kind === "category") return categorySummary(column, smallestCount, isSilent);
    const codec = codecOf(field);
    const limits = codec.kind === "number" ? codec : {};
    const { values, counts, missing } = numberSummary(column, smallestCount, quantiles, isSilent);
    const snapped = values.map((value) => within(value, limits));
    return { kind: "number", name: column.name, ...mergedPoints([{ values: snapped, counts }]), missing };
  });
  return { columns };
}

function numberSummary(column: NumberColumn, least: number, most: number, isSilent: boolean): NumberSummary {
  const { name, values } = column;
  if (isSilent) return { kind: "number", name, values: [], counts: [], missing: 0 };
  const present = presentNumbers(column);
  const points = groupedPoints(distinctPoints(present), least, most);
  return { kind: "number", name, ...points, missing: veiled(values.length - present.length, least) };
}

function categorySummary(
  { name, categories, codes, missing }: CategoryColumn,
  least: number,
  isSilent: boolean,
): CategorySummary {
  if (isSilent) return { kind: "category", name, categories: [], counts: [], other: 0, missing: 0 };
  const counts = new Float64Array(categories.length);
  let gaps = 0;
  for (let row = 0; row < codes.length; row++) {
    if (missing[row]) gaps++;
    else counts[codes[row]]++;
  }
  const named = categories.map((category, code) => ({ category, count: counts[code] ?? 0 }));
  const told = named.filter(({ count }) => count >= least).sort((a, b) => (a.category < b.category ? -1 : 1));
  const other = named.reduce((sum, { count }) => sum + (count < least ? count : 0), 0);
  return {
    kind: "category",
    name,
    categories: told.map(({ category }) => category),
    counts: told.map(({ count }) => count),
    other: veiled(other, least),
    missing: veiled(gaps, least),
  };
}

/** A count that is 0 or at least `least`. */
function veiled(count: number, least: number): number {
  return count === 0 ? 0 : Math.max(count, least);
}
