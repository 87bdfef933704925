import { ArgumentError, describeValue, requireArray } from "../../errors.js";
import { requireSummary } from "./check.js";
import { mergedPoints } from "./points.js";
import type { CategorySummary, ColumnSummary, NumberSummary, TableSummary } from "./table-summary.js";

/**
 * The summary of the rows of several clients: the same in whatever order and groups they are merged.
 * @throws ArgumentError for none, and for summaries of other columns.
 */
export function mergeSummaries(summaries: readonly TableSummary[]): TableSummary {
  requireArray("summaries", summaries);
  for (const [client, summary] of summaries.entries()) requireSummary(`summaries[${client}]`, summary);
  const [first] = summaries;
  if (!first) throw new ArgumentError("summaries", "must not be empty", summaries);
  return {
    columns: first.columns.map((column, at) => merged(summaries.map((each, client) => like(each, column, at, client)))),
  };
}

function like({ columns }: TableSummary, { kind, name }: ColumnSummary, at: number, client: number): ColumnSummary {
  const column = columns[at];
  if (column?.kind === kind && column.name === name) return column;
  const rule = `must be of the ${kind} column ${describeValue(name)}, as the first one is`;
  throw new ArgumentError(`summaries[${client}].columns[${at}]`, rule, column?.name);
}

function merged(columns: readonly ColumnSummary[]): ColumnSummary {
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  const numbers = columns.filter((column): column is NumberSummary => column.kind === "number");
  const [number] = numbers;
  if (number) return { ...number, ...mergedPoints(numbers), missing };
  return mergedCategories(
    columns.filter((column): column is CategorySummary => column.kind === "category"),
    missing,
  );
}

function mergedCategories(columns: readonly CategorySummary[], missing: number): CategorySummary {
  const counts = new Map<string, number>();
  for (const column of columns)
    for (const [index, category] of column.categories.entries())
      counts.set(category, (counts.get(category) ?? 0) + (column.counts[index] ?? 0));
  const categories = [...counts.keys()].sort();
  return {
    kind: "category",
    name: columns[0]?.name ?? "",
    categories,
    counts: categories.map((category) => counts.get(category) ?? 0),
    other: columns.reduce((sum, { other }) => sum + other, 0),
    missing,
  };
}
