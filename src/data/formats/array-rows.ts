import type { Dataset } from "../dataset.js";

/** The rows of a float32 array with one to three lengths: [n] is one number a row, [n, d] one row each, [n, height, width] images. */
export function rowsOf(points: Float32Array, shape: readonly number[]): Dataset {
  const [, columns = 1, depth] = shape;
  if (depth === undefined) return { points, dimension: columns };
  return { points, dimension: columns * depth, imageShape: [columns, depth] };
}
