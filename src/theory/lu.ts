/** P A = L U of a square matrix, with rows exchanged for the largest pivot (Golub and Van Loan, Matrix Computations, 3.4). */
export interface LuFactor {
  /** L below the diagonal, whose own is 1, and U, float64 [d, d] row-major. */
  readonly factors: Float64Array;
  /** Row i of P A is row rows[i] of A. */
  readonly rows: Int32Array;
  /** log |det A|; -Infinity of a singular matrix, which solves nothing. */
  readonly logDeterminant: number;
}

/** Of a float64 [d, d] matrix, which is left as it is. */
export function luFactor(matrix: Float64Array, d: number): LuFactor {
  const factors = matrix.slice();
  const rows = Int32Array.from({ length: d }, (_, i) => i);
  let logDeterminant = 0;
  for (let k = 0; k < d; k++) {
    let pivot = k;
    for (let i = k + 1; i < d; i++) if (Math.abs(factors[i * d + k]) > Math.abs(factors[pivot * d + k])) pivot = i;
    if (pivot !== k) exchange(factors, rows, d, k, pivot);
    const head = factors[k * d + k];
    logDeterminant += Math.log(Math.abs(head));
    if (head === 0) continue;
    for (let i = k + 1; i < d; i++) {
      const factor = factors[i * d + k] / head;
      factors[i * d + k] = factor;
      for (let j = k + 1; j < d; j++) factors[i * d + j] -= factor * factors[k * d + j];
    }
  }
  return { factors, rows, logDeterminant };
}

function exchange(factors: Float64Array, rows: Int32Array, d: number, i: number, j: number): void {
  for (let k = 0; k < d; k++) {
    [factors[i * d + k], factors[j * d + k]] = [factors[j * d + k], factors[i * d + k]];
  }
  [rows[i], rows[j]] = [rows[j], rows[i]];
}

/** A^-1 b, float64 [d]. */
export function luSolve({ factors, rows }: LuFactor, b: Float64Array): Float64Array {
  const d = b.length;
  const x = Float64Array.from(rows, (row) => b[row]);
  for (let i = 0; i < d; i++) for (let k = 0; k < i; k++) x[i] -= factors[i * d + k] * x[k];
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i] -= factors[i * d + k] * x[k];
    x[i] /= factors[i * d + i];
  }
  return x;
}
