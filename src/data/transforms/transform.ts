import { ArgumentError, FedscoreError } from "../../errors.js";
import { firstNonFinite } from "../finite.js";
import type { Moments, Rows } from "../moments.js";

/** A fitted, invertible change of coordinates of float32 rows. */
export interface Transform {
  readonly name: string;
  readonly inputDimension: number;
  readonly outputDimension: number;
  /** Part of the total variance that forward keeps, in [0, 1]; 1 where inverse gives back every point. */
  readonly explained: number;
  /** Where forward is x -> (x - shift) / scale with one scale for all coordinates: float64 [inputDimension], > 0. */
  readonly affine?: { readonly shift: Float64Array; readonly scale: number };
  /**
   * Rows [rows, inputDimension], float32 or float64, -> float32 [rows, outputDimension]: computed in float64 and rounded once where rows are
   * float64. Throws FEDSCORE_NON_FINITE for a row whose image float32 does not hold.
   */
  forward(points: Rows): Float32Array<ArrayBuffer>;
  /**
   * float32 [rows, outputDimension] -> [rows, inputDimension]; undoes forward but for what a projection dropped and what float32 rounds.
   * Throws FEDSCORE_NON_FINITE as forward does.
   */
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
export function requireRows(argument: string, points: Rows, dimension: number): number {
  const rows = points.length / dimension;
  if (!Number.isInteger(rows)) {
    throw new ArgumentError(argument, `must have a multiple of ${dimension} numbers`, points.length);
  }
  return rows;
}

/** What a transform has made of rows; throws FEDSCORE_NON_FINITE naming the first row and column that is not finite. */
export function finiteImage<T extends Float32Array>(name: string, image: T, dimension: number): T {
  const bad = firstNonFinite(image);
  if (bad < 0) return image;
  const [row, column] = [Math.floor(bad / dimension), bad % dimension];
  const message = `${name} gives ${image[bad]} in row ${row}, column ${column}: the row is not finite, or what it becomes is beyond float32`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { transform: name, row, column });
}

/** A mean in two float32 parts: what float32 rounds of it, and where rows are finer than that, the rest. */
export interface Center {
  readonly mean: Float32Array;
  readonly rest?: Float32Array | undefined;
}

/** Of a mean whose rows are far from 0 for their spread both parts, of any other the first. */
export function centerOf(mean: Float64Array, moments: Moments): Center {
  const rounded = Float32Array.from(mean);
  return moments.origin
    ? { mean: rounded, rest: Float32Array.from(mean, (value, j) => value - rounded[j]) }
    : { mean: rounded };
}

/** What undoes a fitted transform: rows y -> y * factors + center. */
export interface InverseMap {
  /** float32, one for each coordinate, [inputDimension], or a matrix that rows are multiplied with, [outputDimension, inputDimension]. */
  readonly factors: Float32Array;
  readonly isMatrix: boolean;
  readonly center: Center;
}

/** The sum of its parts. */
export function wholeCenter({ mean, rest }: Center): Float64Array {
  return Float64Array.from(mean, (value, j) => value + (rest?.[j] ?? 0));
}
