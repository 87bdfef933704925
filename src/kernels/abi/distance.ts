import type { Pointer } from "../arena.js";

/** Pairwise distances in blocks, and quadratic forms of the blocks. */
export interface DistanceKernels {
  /**
   * out[i, j] = |a_i - b_j|^2, f32 [rows, columns], by differences: a f32 [rows, d]; b transposed, f32 [d, columns] with `stride` floats
   * from one coordinate to the next. For small d.
   */
  squaredDistances(
    a: Pointer,
    b: Pointer,
    rows: number,
    columns: number,
    d: number,
    stride: number,
    out: Pointer,
  ): void;
  /** norms[i] = |x_i|^2, f32 [rows], of x f32 [rows, d]; summed in float64. */
  squaredNorms(x: Pointer, rows: number, d: number, norms: Pointer): void;
  /** In place: gram f32 [rows, columns] of a_i . b_j becomes max(0, normsA[i] + normsB[j] - 2 gram[i, j]) = |a_i - b_j|^2. */
  gramToSquaredDistances(gram: Pointer, normsA: Pointer, normsB: Pointer, rows: number, columns: number): void;
  /** In place: x = sqrt(x), f32 [n]. Returns the sum in float64. */
  squareRoots(x: Pointer, n: number): number;
  /** In place: x = exp(-rate x), f32 [n], x >= 0; at least e^-87. Returns the sum in float64. */
  expNegated(x: Pointer, n: number, rate: number): number;
  /** sums[c] += sum over rows of x[r, c] y[r, c]: x, y f32 [rows, columns], sums f64 [columns]. */
  addColumnDots(x: Pointer, y: Pointer, rows: number, columns: number, sums: Pointer): void;
}

export const distanceArity = {
  squaredDistances: 7,
  squaredNorms: 4,
  gramToSquaredDistances: 5,
  squareRoots: 2,
  expNegated: 3,
  addColumnDots: 5,
} satisfies Record<keyof DistanceKernels, number>;
