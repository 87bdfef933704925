import { FedscoreError } from "../errors.js";

/** Largest |x| that is trained on, 2^50: its square and sums of those stay far from the end of float32. */
export const largestTrained = 2 ** 50;
/** Smallest spread of a column, 2^-60, whose square float32 still holds with all its digits. */
const smallestSpread = 2 ** -60;

/** Smallest and largest value of a column. */
export interface ColumnRange {
  readonly low: number;
  readonly high: number;
}

/** Of each column of points [rows, dimension]; of no rows, none. */
export function columnRanges(points: Float32Array | Float64Array, dimension: number): ColumnRange[] {
  const [low, high] = [points.slice(0, dimension), points.slice(0, dimension)];
  for (let at = 0; at < points.length; ) {
    for (let j = 0; j < dimension; j++, at++) {
      if (points[at] < low[j]) low[j] = points[at];
      if (points[at] > high[j]) high[j] = points[at];
    }
  }
  return Array.from(low, (value, j) => ({ low: value, high: high[j] }));
}

/**
 * Refuses rows with numbers above 2^50, whose squares and sums of them end beyond float32. `rows` says which rows these are, `way` what helps.
 * @throws FedscoreError FEDSCORE_INVALID_DATA naming the column and its range.
 */
export function requireReach(rows: string, points: Float32Array, dimension: number, way: string): void {
  const ranges = columnRanges(points, dimension);
  const wide = ranges.findIndex(({ low, high }) => Math.max(-low, high) > largestTrained);
  if (wide >= 0) throw untrainable(rows, wide, ranges[wide], `numbers up to ${digits(largestTrained)}`, way);
}

/**
 * The same, and refuses rows none of whose columns varies by 2^-60: their squares vanish. Constant rows are trained on.
 * @throws FedscoreError FEDSCORE_INVALID_DATA naming the column and its range.
 */
export function requireTrainable(rows: string, points: Float32Array, dimension: number, way: string): void {
  requireReach(rows, points, dimension, way);
  const ranges = columnRanges(points, dimension);
  const spreads = ranges.map(({ low, high }) => high - low);
  const most = spreads.reduce((largest, spread) => Math.max(largest, spread), 0);
  if (most === 0 || most >= smallestSpread) return;
  const widest = spreads.indexOf(most);
  throw untrainable(rows, widest, ranges[widest], `columns that vary by ${digits(smallestSpread)} or more`, way);
}

function untrainable(rows: string, column: number, range: ColumnRange, holds: string, way: string): FedscoreError {
  const found = `column ${column} of ${rows} lies in [${digits(range.low)}, ${digits(range.high)}]`;
  const message = `${found}; training squares its numbers in float32, which takes ${holds}: ${way}`;
  return new FedscoreError("FEDSCORE_INVALID_DATA", message, { column, ...range });
}

function digits(value: number): string {
  return value.toPrecision(3);
}
