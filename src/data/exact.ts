/** Share of a column's standard deviation that rounding to float32 may cost unseen. */
const unseen = 2 ** -10;
/** Share from which a column is no longer that column. */
const ruinous = 2 ** -4;

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
    let square = 0;
    for (let at = column; at < exact.length; at += dimension) square += (exact[at] - mean) ** 2 / rows;
    const deviation = Math.sqrt(square);
    if (rounding > share * deviation) return { column, mean, deviation, rounding };
  }
  return undefined;
}
