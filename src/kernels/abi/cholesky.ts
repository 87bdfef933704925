import type { Pointer } from "../arena.js";

/** Positive semidefinite matrices in float64, row-major. */
export interface CholeskyKernels {
  /**
   * Cholesky with complete pivoting, in place, of a positive semidefinite f64 [n, n]: P A P^T = L L^T up to pivots below tolerance * (largest
   * diagonal entry); row i of P A is row permutation[i] of A, i32 [n]. L lies in the first `rank` columns of the lower triangle, the rest is
   * undefined. column: f64 [n] scratch. Returns the rank.
   */
  pivotedCholesky(matrix: Pointer, n: number, permutation: Pointer, column: Pointer, tolerance: number): number;
  /** out = U b^T, f64 [m, n]: U upper triangular or trapezoidal f64 [m, k], m <= k, with zeros stored left of the diagonal; b f64 [n, k]. */
  upperTimesTransposed(upper: Pointer, b: Pointer, m: number, n: number, k: number, out: Pointer): void;
  /** out[i, j] += x_i . x_j for all j <= i (entries above the diagonal are undefined): x f64 [n, depth], out f64 [n, n]. */
  addGram(x: Pointer, n: number, depth: number, out: Pointer): void;
  /** inverse = L^-1, f64 [n, n] with zeros above the diagonal, of the lower triangle of matrix, f64 [n, stride]. */
  invertLower(matrix: Pointer, n: number, stride: number, inverse: Pointer): void;
}

export const choleskyArity = {
  pivotedCholesky: 5,
  upperTimesTransposed: 6,
  addGram: 4,
  invertLower: 4,
} satisfies Record<keyof CholeskyKernels, number>;
