import type { Table } from "../column.js";
import { type AlikeColumns, alikeColumns, requireAlike } from "../require-tables.js";
import { contingencySimilarity } from "./contingency-similarity.js";
import { correlationSimilarity } from "./correlation-similarity.js";
import { ksComplement } from "./ks-complement.js";
import { type Measured, meanMeasured } from "./measured.js";
import { tvComplement } from "./tv-complement.js";

/** How alike the shapes of one column are. */
export interface ColumnShape {
  readonly column: string;
  readonly measure: "KSComplement" | "TVComplement";
  readonly score: Measured;
}

/** How alike the relations between two columns are. */
export interface ColumnPairTrend {
  readonly columns: readonly [string, string];
  readonly measure: "CorrelationSimilarity" | "ContingencySimilarity";
  readonly score: Measured;
}

/** SDMetrics' Quality Report of one table. */
export interface QualityReport {
  /** Of each column, in the table's order. */
  readonly shapes: readonly ColumnShape[];
  /** Of each pair of columns, the first before the second. */
  readonly trends: readonly ColumnPairTrend[];
  /** Mean over the columns that have a score. */
  readonly columnShapes: Measured;
  /** Mean over the pairs that have a score. */
  readonly columnPairTrends: Measured;
  /** Mean of the two, or the one that there is. */
  readonly overall: Measured;
}

/**
 * Column shapes, column pair trends and their mean, the overall quality, each from 0 to 1, after docs.sdv.dev/sdmetrics, "Quality Report": every pair
 * counts. Columns and pairs without a score are left out of the means, which say how many. Means have no interval.
 * @throws ArgumentError unless both tables have the same columns.
 */
export function qualityReport(real: Table, synthetic: Table): QualityReport {
  requireAlike({ real, synthetic });
  const columns = real.columns.map((column, index) => alikeColumns(column, synthetic.columns[index]));
  const shapes = columns.map(shapeOf);
  const trends = columns.flatMap((first, index) => columns.slice(index + 1).map((second) => trendOf(first, second)));
  const columnShapes = meanMeasured(
    "columnShapes",
    "column",
    shapes.map(({ score }) => score),
  );
  const columnPairTrends = meanMeasured(
    "columnPairTrends",
    "pair of columns",
    trends.map(({ score }) => score),
  );
  const overall = meanMeasured("overall", "property", [columnShapes, columnPairTrends]);
  return { shapes, trends, columnShapes, columnPairTrends, overall };
}

function shapeOf(pair: AlikeColumns): ColumnShape {
  const column = pair.real.name;
  if (pair.kind === "number")
    return { column, measure: ksComplement.name, score: ksComplement.evaluate(pair.real, pair.synthetic) };
  return { column, measure: tvComplement.name, score: tvComplement.evaluate(pair.real, pair.synthetic) };
}

function trendOf(first: AlikeColumns, second: AlikeColumns): ColumnPairTrend {
  const columns = [first.real.name, second.real.name] as const;
  if (first.kind === "number" && second.kind === "number") {
    const score = correlationSimilarity.evaluate([first.real, second.real], [first.synthetic, second.synthetic]);
    return { columns, measure: correlationSimilarity.name, score };
  }
  const score = contingencySimilarity.evaluate([first.real, second.real], [first.synthetic, second.synthetic]);
  return { columns, measure: contingencySimilarity.name, score };
}
