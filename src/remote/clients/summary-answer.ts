import { describeValue, isFedscoreError } from "../../errors.js";
import { codecOf } from "../../tables/schema/codec-of.js";
import { requireSummary } from "../../tables/summary/check.js";
import type { ColumnSummary, TableSummary } from "../../tables/summary/table-summary.js";
import { objectIn, refused } from "../protocol.js";
import type { SummaryBody } from "./task-bodies.js";

/** Most bytes of a client's summary. */
export const mostSummaryBytes = 2 ** 24;

/**
 * @param rows that the client said its table has.
 * @throws FedscoreError FEDSCORE_MESSAGE saying what of it is wrong.
 */
export function readSummary(value: unknown, { schema, smallestCount }: SummaryBody, rows: number): TableSummary {
  const { columns } = checked(objectIn(value) as TableSummary);
  const { fields } = schema;
  if (columns.length !== fields.length) throw refused(`has ${columns.length} columns, not ${fields.length}`);
  for (const [index, column] of columns.entries()) {
    const field = fields[index];
    if (column.name !== field.name || column.kind !== codecOf(field).kind)
      throw refused(`has no ${codecOf(field).kind} column ${describeValue(field.name)} at its place`);
    requireCounts(column, smallestCount, rows);
  }
  return { columns };
}

function checked(summary: TableSummary): TableSummary {
  try {
    return requireSummary("summary", summary);
  } catch (error) {
    if (isFedscoreError(error)) throw refused(`has no summary: ${error.message}`);
    throw error;
  }
}

/** That no value of a column stands for fewer rows than it must, and all of them for no more than there are. */
function requireCounts(column: ColumnSummary, least: number, rows: number): void {
  const rare = column.counts.find((count) => count < least);
  if (rare !== undefined) throw refused(`tells of ${rare} rows of ${describeValue(column.name)}, fewer than ${least}`);
  const told = column.kind === "number" ? column.values : column.categories;
  if (new Set<unknown>(told).size !== told.length) throw refused(`repeats a value of ${describeValue(column.name)}`);
  const other = column.kind === "category" ? column.other : 0;
  const total = column.counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(total, other, column.missing);
  if (most > rows) throw refused(`counts ${most} rows of ${describeValue(column.name)}, of ${rows}`);
}
