/** sum_j weights[j] (a_j - b_j)^2 of each row, float64 [rows] into `out`; a and b float32 [rows, d], weights float64 [d]. */
export function weightedSquares(a: Float32Array, b: Float32Array, weights: Float64Array, out: Float64Array): void {
  const d = weights.length;
  for (let row = 0, at = 0; at < a.length; row++, at += d) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += weights[j] * (a[at + j] - b[at + j]) ** 2;
    out[row] = sum;
  }
}
