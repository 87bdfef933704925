import type { Pointer } from "../arena.js";

/** Symmetric linear algebra in float64, row-major; eigenvectors in float32. */
export interface EigenKernels {
  /**
   * Cholesky with complete pivoting, in place, of a positive semidefinite f64 [n, n]: P A P^T = L L^T up to pivots below tolerance * (largest
   * diagonal entry); row i of P A is row permutation[i] of A, i32 [n]. L lies in the first `rank` columns of the lower triangle, the rest is
   * undefined. column: f64 [n] scratch. Returns the rank.
   */
  pivotedCholesky(matrix: Pointer, n: number, permutation: Pointer, column: Pointer, tolerance: number): number;
  /** out = U b^T, f64 [m, n]: U upper triangular or trapezoidal f64 [m, k], m <= k, with zeros stored left of the diagonal; b f64 [n, k]. */
  upperTimesTransposed(upper: Pointer, b: Pointer, m: number, n: number, k: number, out: Pointer): void;
  /**
   * Householder reduction of a symmetric f64 [n, n], in place, to T = Q^T A Q: diagonal f64 [n], offDiagonal f64 [n] (the last is 0), and the
   * reflectors in the matrix with their factors f64 [n]. scratch: f64 [3 n].
   */
  tridiagonalize(
    matrix: Pointer,
    n: number,
    diagonal: Pointer,
    offDiagonal: Pointer,
    factors: Pointer,
    scratch: Pointer,
  ): void;
  /** Q^T of `tridiagonalize`, f32 [n, stride]; stride a multiple of 32, at least n. reflector: f32 [n] scratch. */
  formReflections(
    matrix: Pointer,
    n: number,
    factors: Pointer,
    vectors: Pointer,
    stride: number,
    reflector: Pointer,
  ): void;
  /**
   * Eigenvalues of a tridiagonal matrix, in place of `diagonal`, in no order; offDiagonal is destroyed. Where vectors is not 0, f32 [n, stride] as
   * `formReflections` left it, its rows become the eigenvectors. rotations: scratch of 12 * capacity bytes, capacity >= n.
   * Returns how many eigenvalues did not converge.
   */
  tridiagonalEigen(
    diagonal: Pointer,
    offDiagonal: Pointer,
    n: number,
    vectors: Pointer,
    stride: number,
    rotations: Pointer,
    capacity: number,
  ): number;
}

export const eigenArity = {
  pivotedCholesky: 5,
  upperTimesTransposed: 6,
  tridiagonalize: 6,
  formReflections: 6,
  tridiagonalEigen: 7,
} satisfies Record<keyof EigenKernels, number>;
