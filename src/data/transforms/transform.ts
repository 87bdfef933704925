import { ArgumentError } from "../../errors.js";
import type { Moments } from "../moments.js";

/** A fitted, invertible change of coordinates of float32 rows. */
export interface Transform {
  readonly name: string;
  readonly inputDimension: number;
  readonly outputDimension: number;
  /** Part of the total variance that forward keeps, in [0, 1]; 1 where inverse gives back every point. */
  readonly explained: number;
  /** Where forward is x -> (x - shift) / scale with one scale for all coordinates: float64 [inputDimension], > 0. */
  readonly affine?: { readonly shift: Float64Array; readonly scale: number };
  /** float32 [rows, inputDimension] -> [rows, outputDimension]. */
  forward(points: Float32Array): Float32Array<ArrayBuffer>;
  /** float32 [rows, outputDimension] -> [rows, inputDimension]; undoes forward but for what a projection dropped. */
  inverse(points: Float32Array): Float32Array<ArrayBuffer>;
  /** Moments of forward(x), given those of x: what a transform behind this one is fitted from. */
  moments(input: Moments): Moments;
  /** Plain data that `transformFromJSON` turns back into a transform with the same bytes. */
  toJSON(): TransformData;
}

/** A fitted transform as plain data: strings, numbers, arrays and objects. */
export interface TransformData {
  readonly kind: string;
  readonly [key: string]: unknown;
}

/** Number of rows of points; throws where they do not come out whole. */
export function requireRows(argument: string, points: Float32Array, dimension: number): number {
  const rows = points.length / dimension;
  if (!Number.isInteger(rows)) {
    throw new ArgumentError(argument, `must have a multiple of ${dimension} numbers`, points.length);
  }
  return rows;
}
