import { largestMagnitude, powerOfTwo } from "../../data/scale.js";
import type { NumberColumn } from "../column.js";
import { normalReach } from "./intervals.js";
import { type MeasuredInterval, measured, notMeasured } from "./measured.js";
import { type ColumnPair, pairMeasure } from "./pair-measure.js";

/**
 * 1 - half of the difference of Pearson's correlations. Rows with a gap in either column do not count. The interval is that of the difference by the
 * influence of each row on its correlation, which supposes no normal law, but many rows.
 */
export const correlationSimilarity = pairMeasure<NumberColumn, "CorrelationSimilarity">({
  name: "CorrelationSimilarity",
  title: "Correlation similarity",
  columns: "number",
  source:
    "docs.sdv.dev/sdmetrics, CorrelationSimilarity (Pearson); interval: delta method, van der Vaart, Asymptotic Statistics (1998), chapter 3",
  evaluate(real, synthetic) {
    const [a, b] = [correlationOf(real), correlationOf(synthetic)];
    if (typeof a === "string") return notMeasured(`the real columns have no correlation: ${a}`);
    if (typeof b === "string") return notMeasured(`the synthetic columns have no correlation: ${b}`);
    const difference = b.value - a.value;
    const interval = similarityInterval(difference, normalReach * Math.sqrt(a.variance + b.variance));
    return measured("CorrelationSimilarity", 1 - Math.abs(difference) / 2, interval, {
      real: a.value,
      synthetic: b.value,
      realRows: a.rows,
      syntheticRows: b.rows,
    });
  },
});

interface Correlation {
  readonly value: number;
  /** Of the value, estimated. */
  readonly variance: number;
  /** Rows without a gap. */
  readonly rows: number;
}

/** Of the rows without gaps, or why there is none. */
function correlationOf([a, b]: ColumnPair<NumberColumn>): Correlation | string {
  const complete = (_: number, row: number) => a.missing[row] === 0 && b.missing[row] === 0;
  const [x, y] = [standardized(a.values.filter(complete)), standardized(b.values.filter(complete))];
  if (!x || !y) return "fewer than two rows without gaps, or a column is constant in them";
  const rows = x.length;
  const product = x.reduce((sum, value, row) => sum + value * y[row], 0) / rows;
  const value = Math.min(1, Math.max(-1, product));
  const squares = x.reduce((sum, at, row) => sum + (at * y[row] - (value * (at * at + y[row] * y[row])) / 2) ** 2, 0);
  return { value, variance: squares / rows / rows, rows };
}

/** Values with mean 0 and mean square 1; none of constant ones. */
function standardized(values: Float64Array): Float64Array | undefined {
  const scale = powerOfTwo(largestMagnitude(values));
  const scaled = values.map((value) => value / scale);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = scaled.map((value) => value - mean);
  const spread = powerOfTwo(largestMagnitude(centred));
  const deviation = spread * Math.sqrt(centred.reduce((sum, value) => sum + (value / spread) ** 2, 0) / values.length);
  const isConstant = values.every((value) => value === values[0]);
  return isConstant ? undefined : centred.map((value) => value / deviation);
}

/** Of 1 - |difference| / 2 where the difference lies within +- reach. */
function similarityInterval(difference: number, reach: number): MeasuredInterval {
  const [low, high] = [Math.max(-2, difference - reach), Math.min(2, difference + reach)];
  const most = Math.max(Math.abs(low), Math.abs(high));
  const least = low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high));
  return { low: 1 - most / 2, high: 1 - least / 2 };
}
