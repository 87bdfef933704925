import type { Pointer } from "../arena.js";

/** Symmetric linear algebra in float64, row-major; eigenvectors in float32. */
export interface EigenKernels {
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
  tridiagonalize: 6,
  formReflections: 6,
  tridiagonalEigen: 7,
} satisfies Record<keyof EigenKernels, number>;
