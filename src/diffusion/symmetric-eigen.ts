/** A matrix as A = U diag(values) U^T. */
export interface SymmetricEigen {
  /** [d], in no order. */
  readonly values: Float64Array;
  /** Eigenvectors as columns, float64 [d, d] row-major. */
  readonly vectors: Float64Array;
}

/** Sweeps until rotations change nothing: convergence is quadratic, and ten are never needed for the sizes here. */
const mostSweeps = 50;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, float64 [d, d], by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
 * 8.5): for small d. The matrix is left as it is.
 */
export function symmetricEigen(matrix: Float64Array, d: number): SymmetricEigen {
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p + 1 < d; p++) {
      for (let q = p + 1; q < d; q++) rotated = rotate(a, vectors, d, p, q) || rotated;
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: d }, (_, i) => a[i * (d + 1)]), vectors };
}

/** Makes entry (p, q) zero; whether it was more than rounding. */
function rotate(a: Float64Array, vectors: Float64Array, d: number, p: number, q: number): boolean {
  const [app, aqq, apq] = [a[p * d + p], a[q * d + q], a[p * d + q]];
  if (!(Math.abs(apq) > 2 ** -53 * Math.sqrt(Math.abs(app * aqq))) || apq === 0) return false;
  const theta = (aqq - app) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < d; k++) turn(a, k * d + p, k * d + q, c, s);
  for (let k = 0; k < d; k++) turn(a, p * d + k, q * d + k, c, s);
  for (let k = 0; k < d; k++) turn(vectors, k * d + p, k * d + q, c, s);
  return true;
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [values[i], values[j]];
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}
