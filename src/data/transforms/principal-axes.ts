import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { dot } from "../dot.js";
import { largestMagnitude, powerOfTwo } from "../scale.js";

/** The leading eigenpairs of a covariance. */
export interface PrincipalAxes {
  /** Eigenvalues, descending, float64 [count]; rounding below 0 is 0. */
  readonly variances: Float64Array;
  /** Orthonormal eigenvectors as rows, float32 [count, dimension]; the largest coordinate of each is positive. */
  readonly axes: Float32Array;
}

/** Rotations that are kept before they are applied, per coordinate. */
const rotationsPerCoordinate = 32;

/**
 * The `count` largest eigenvalues of a symmetric float64 [dimension, dimension] matrix and their eigenvectors.
 * The kernel's float32 eigenvectors are made orthonormal in float64, largest first.
 */
export function principalAxes(
  engine: Engine,
  covariance: Float64Array,
  dimension: number,
  count: number,
): PrincipalAxes {
  const unit = powerOfTwo(largestMagnitude(covariance));
  const { values, vectors } = eigen(
    engine,
    covariance.map((value) => value / unit),
    dimension,
  );
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
  const leading = order.slice(0, count);
  const rows = leading.map((index) => Float64Array.from(vectors.subarray(index * dimension, (index + 1) * dimension)));
  orthonormalize(rows);
  const axes = new Float32Array(count * dimension);
  rows.forEach((row, index) => {
    axes.set(row, index * dimension);
  });
  return { variances: Float64Array.from(leading, (index) => Math.max(values[index] * unit, 0)), axes };
}

function eigen(engine: Engine, matrix: Float64Array, n: number): { values: Float64Array; vectors: Float32Array } {
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const stride = Math.ceil(n / 32) * 32;
    const capacity = rotationsPerCoordinate * n;
    const work = arena.copyBytes(matrix);
    const [diagonal, offDiagonal, factors] = [arena.allocate(8 * n), arena.allocate(8 * n), arena.allocate(8 * n)];
    const [scratch, rotations] = [arena.allocate(24 * n), arena.allocate(12 * capacity)];
    const vectors = arena.floats(n * stride);
    kernels.tridiagonalize(work, n, diagonal, offDiagonal, factors, scratch);
    kernels.formReflections(work, n, factors, vectors.pointer, stride, scratch);
    const left = kernels.tridiagonalEigen(diagonal, offDiagonal, n, vectors.pointer, stride, rotations, capacity);
    if (left > 0) {
      const message = `${left} of ${n} eigenvalues of the covariance did not converge: its entries are not finite`;
      throw new FedscoreError("FEDSCORE_NON_FINITE", message, { left, dimension: n });
    }
    const packed = new Float32Array(n * n);
    for (let i = 0; i < n; i++) packed.set(vectors.array.subarray(i * stride, i * stride + n), i * n);
    return { values: arena.float64(diagonal, n).slice(), vectors: packed };
  });
}

/** Modified Gram-Schmidt, in place, of vectors that are nearly orthonormal; then the largest coordinate made positive. */
function orthonormalize(rows: readonly Float64Array[]): void {
  rows.forEach((row, index) => {
    for (const before of rows.slice(0, index)) subtract(row, before, dot(row, before));
    const length = Math.sqrt(dot(row, row));
    const largest = row.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    const divisor = largest < 0 ? -length : length;
    for (let i = 0; i < row.length; i++) row[i] /= divisor;
  });
}

function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < row.length; i++) row[i] -= factor * other[i];
}
