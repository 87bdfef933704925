import { ArgumentError, requireFloats } from "../errors.js";

/** Number of rows of x, float32 [n, dimension]. */
export function rowsIn(x: { readonly length: number }, dimension: number): number {
  return x.length / dimension;
}

/** These rows of points, float32 [n, dimension], in the given order: float32 [rows.length, dimension]. */
export function gatherRows(
  points: Float32Array,
  dimension: number,
  rows: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const gathered = new Float32Array(rows.length * dimension);
  gatherInto(gathered, points, dimension, rows);
  return gathered;
}

/** The same of float64 rows. */
export function gatherExact(exact: Float64Array, dimension: number, rows: ArrayLike<number>): Float64Array {
  const gathered = new Float64Array(rows.length * dimension);
  for (let index = 0; index < rows.length; index++) {
    const from = rows[index] * dimension;
    gathered.set(exact.subarray(from, from + dimension), index * dimension);
  }
  return gathered;
}

/** Rows of points as above, written to the start of `target`. A row that points have not is the caller's to refuse. */
export function gatherInto(
  target: Float32Array,
  points: Float32Array,
  dimension: number,
  rows: ArrayLike<number>,
): void {
  for (let index = 0, to = 0; index < rows.length; index++, to += dimension) {
    copyRow(points, rows[index] * dimension, dimension, target, to);
  }
}

/** A call of `set` costs as much as some tens of numbers copied one by one. */
function copyRow(source: Float32Array, from: number, length: number, target: Float32Array, to: number): void {
  if (length >= 48) target.set(source.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) target[to + i] = source[from + i];
}

/** Throws unless points are float32 [n, dimension]. */
export function requireRows(argument: string, points: Float32Array, dimension: number): void {
  requireFloats(argument, points);
  if (points.length % dimension === 0) return;
  throw new ArgumentError(argument, `must have a multiple of ${dimension} entries`, points.length);
}
