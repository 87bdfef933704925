import { type ColumnRange, columnRanges } from "./range.js";
import { powerOfTwo } from "./scale.js";

/** Share of a column's standard deviation that rounding to float32 may cost unseen. */
const unseen = 2 ** -10;
/** Share from which a column is no longer that column. */
const ruinous = 2 ** -4;

/** Smallest number that float32 has with all its digits, 2^-126. */
export const smallestHeld = 2 ** -126;

/** A column that float32 does not hold: its numbers lie around `mean`, vary by `deviation` and are rounded by up to `rounding`. */
export interface RoundedColumn {
  readonly column: number;
  readonly mean: number;
  readonly deviation: number;
  readonly rounding: number;
}

/** Rows that were read as float64, float64 [rows, dimension], rounded to float32; and they themselves where that costs a column its digits. */
export function roundedRows(
  values: Float64Array,
  dimension: number,
): { readonly points: Float32Array<ArrayBuffer>; readonly exact?: Float64Array } {
  const points = Float32Array.from(values);
  return roundedColumn(values, points, dimension, unseen) ? { points, exact: values } : { points };
}

/** The first column that rounding to float32 ruins. */
export function ruinedColumn(exact: Float64Array, points: Float32Array, dimension: number): RoundedColumn | undefined {
  return roundedColumn(exact, points, dimension, ruinous);
}

/** The first column that varies by so little that float32 does not tell its numbers apart, about whatever middle. */
export function vanishingColumn(
  rows: Float64Array,
  dimension: number,
): (ColumnRange & { readonly column: number }) | undefined {
  const ranges = columnRanges(rows, dimension);
  const column = ranges.findIndex(({ low, high }, each) => {
    const spread = high - low;
    return spread > 0 && spread < smallestHeld && roundingAbout(low, rows, each, dimension) > unseen * spread;
  });
  return column < 0 ? undefined : { column, ...ranges[column] };
}

/** What rounding to float32 costs the numbers of a column less `middle`. */
function roundingAbout(middle: number, rows: Float64Array, column: number, dimension: number): number {
  let rounding = 0;
  for (let at = column; at < rows.length; at += dimension) {
    const distance = rows[at] - middle;
    rounding = Math.max(rounding, Math.abs(distance - Math.fround(distance)));
  }
  return rounding;
}

function roundedColumn(
  exact: Float64Array,
  points: Float32Array,
  dimension: number,
  share: number,
): RoundedColumn | undefined {
  const rows = exact.length / dimension;
  for (let column = 0; column < dimension; column++) {
    let [mean, rounding] = [0, 0];
    for (let at = column; at < exact.length; at += dimension) {
      mean += exact[at] / rows;
      rounding = Math.max(rounding, Math.abs(exact[at] - points[at]));
    }
    if (rounding === 0) continue;
    const deviation = deviationAbout(mean, exact, column, dimension);
    if (rounding > share * deviation) return { column, mean, deviation, rounding };
  }
  return undefined;
}

/** Root of the mean square distance from `mean` in a column, whose squares may lie beyond float64. */
function deviationAbout(mean: number, rows: Float64Array, column: number, dimension: number): number {
  let farthest = 0;
  for (let at = column; at < rows.length; at += dimension) farthest = Math.max(farthest, Math.abs(rows[at] - mean));
  const unit = powerOfTwo(farthest);
  let square = 0;
  for (let at = column; at < rows.length; at += dimension) square += ((rows[at] - mean) / unit) ** 2;
  return unit * Math.sqrt((square * dimension) / rows.length);
}
