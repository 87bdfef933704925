import {
  ArgumentError,
  requireArray,
  requireInteger,
  requireLength,
  requireNumbers,
  requireObject,
  requireText,
} from "../../errors.js";
import { oneOf } from "../../fields.js";
import type { ColumnSummary, TableSummary } from "./table-summary.js";

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong, of a summary that came as JSON. */
export function requireSummary(argument: string, summary: TableSummary): TableSummary {
  const { columns } = requireObject(argument, summary);
  requireArray(`${argument}.columns`, columns);
  for (const [at, column] of columns.entries()) requireColumn(`${argument}.columns[${at}]`, column);
  return summary;
}

function requireColumn(place: string, column: ColumnSummary): void {
  const { kind, name, counts, missing } = requireObject(place, column);
  if (kind !== "number" && kind !== "category")
    throw new ArgumentError(`${place}.kind`, oneOf(["number", "category"]), kind);
  requireText(`${place}.name`, name);
  requireArray(`${place}.counts`, counts);
  for (const [at, count] of counts.entries()) requireInteger(`${place}.counts[${at}]`, count, 1);
  requireInteger(`${place}.missing`, missing, 0);
  if (column.kind === "number") {
    requireNumbers(`${place}.values`, column.values);
    requireLength(`${place}.values`, column.values, counts.length);
    return;
  }
  requireArray(`${place}.categories`, column.categories);
  for (const [at, category] of column.categories.entries()) requireText(`${place}.categories[${at}]`, category);
  requireLength(`${place}.categories`, column.categories, counts.length);
  requireInteger(`${place}.other`, column.other, 0);
}
