import { ArgumentError, requireLength } from "../errors.js";

/** L of A = L L^T, float64 [d, d] row-major with zeros above the diagonal; throws where A is not positive definite. */
export function choleskyFactor(argument: string, matrix: ArrayLike<number>, d: number): Float64Array {
  requireLength(argument, matrix, d * d);
  const lower = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j];
      for (let k = 0; k < j; k++) sum -= lower[i * d + k] * lower[j * d + k];
      if (j < i) lower[i * d + j] = sum / lower[j * d + j];
      else if (sum > 0) lower[i * d + i] = Math.sqrt(sum);
      else throw new ArgumentError(argument, `must be positive definite: pivot ${i} must be > 0`, sum);
    }
  }
  return lower;
}

/** x = L^-1 x in place, x float64 [d]. */
export function solveLower(lower: Float64Array, x: Float64Array): void {
  const d = x.length;
  for (let i = 0; i < d; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= lower[i * d + k] * x[k];
    x[i] = sum / lower[i * d + i];
  }
}

/** x = L^-T x in place, x float64 [d]. */
export function solveLowerTransposed(lower: Float64Array, x: Float64Array): void {
  const d = x.length;
  for (let i = d - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < d; k++) sum -= lower[k * d + i] * x[k];
    x[i] = sum / lower[i * d + i];
  }
}
