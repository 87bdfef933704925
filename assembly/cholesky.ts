/** Positive semidefinite float64 matrices, row-major. */
import { addScaled, dot, get, laneSum, set } from "./float64";
import { checkRange } from "./simd";

/**
 * Cholesky with complete pivoting of a positive semidefinite matrix, in place: afterwards P A P^T = L L^T up to pivots
 * below tolerance * (largest diagonal entry), where row i of P A is row permutation[i] of A. L lies in the first `rank`
 * columns of the lower triangle; the rest of the matrix is undefined. permutation: i32 [n]; column: f64 [n] scratch.
 * Returns the rank.
 */
export function pivotedCholesky(matrix: usize, n: i32, permutation: usize, column: usize, tolerance: f64): i32 {
  const size = <usize>n;
  checkRange(matrix, size * size * 8);
  checkRange(permutation, size << 2);
  checkRange(column, size << 3);
  for (let i: usize = 0; i < size; i++) store<i32>(permutation + (i << 2), <i32>i);
  let threshold: f64 = 0;
  for (let k: usize = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (get(matrix, size, i, i) > get(matrix, size, pivot, pivot)) pivot = i;
    const largest = get(matrix, size, pivot, pivot);
    if (k == 0) threshold = tolerance * largest;
    if (!(largest > threshold)) return <i32>k;
    if (pivot != k) swapSymmetric(matrix, size, k, pivot, permutation);
    const root = sqrt<f64>(largest);
    set(matrix, size, k, k, root);
    for (let i = k + 1; i < size; i++) {
      const entry = get(matrix, size, i, k) / root;
      set(matrix, size, i, k, entry);
      store<f64>(column + (i << 3), entry);
    }
    for (let i = k + 1; i < size; i++) {
      const entry = load<f64>(column + (i << 3));
      addScaled(matrix + ((i * size + k + 1) << 3), -entry, column + ((k + 1) << 3), i - k);
    }
  }
  return n;
}

/** Exchanges rows and columns k < p of the trailing lower triangle, and rows k and p of the finished part of L. */
function swapSymmetric(matrix: usize, n: usize, k: usize, p: usize, permutation: usize): void {
  for (let j: usize = 0; j < k; j++) swap(matrix, n, k, j, p, j);
  swap(matrix, n, k, k, p, p);
  for (let i = k + 1; i < p; i++) swap(matrix, n, i, k, p, i);
  for (let i = p + 1; i < n; i++) swap(matrix, n, i, k, i, p);
  const index = load<i32>(permutation + (k << 2));
  store<i32>(permutation + (k << 2), load<i32>(permutation + (p << 2)));
  store<i32>(permutation + (p << 2), index);
}

// @ts-ignore: decorator
@inline
function swap(matrix: usize, n: usize, i: usize, j: usize, k: usize, l: usize): void {
  const value = get(matrix, n, i, j);
  set(matrix, n, i, j, get(matrix, n, k, l));
  set(matrix, n, k, l, value);
}

/**
 * out = U b^T, f64 [m, n]: U is upper triangular (trapezoidal), f64 [m, k], m <= k, with zeros stored left of the
 * diagonal; b is f64 [n, k].
 */
export function upperTimesTransposed(upper: usize, b: usize, m: i32, n: i32, k: i32, out: usize): void {
  checkRange(upper, <usize>m * <usize>k * 8);
  checkRange(b, <usize>n * <usize>k * 8);
  checkRange(out, <usize>m * <usize>n * 8);
  const depth = <usize>k;
  const columns = <usize>n;
  const wholeRows = <usize>m & ~1;
  const wholeColumns = columns & ~3;
  for (let i: usize = 0; i < wholeRows; i += 2) {
    for (let j: usize = 0; j < wholeColumns; j += 4) tile(upper, b, out, i, j, i, depth, columns, false);
    for (let j = wholeColumns; j < columns; j++) {
      single(upper, b, out, i, j, i, depth, columns, false);
      single(upper, b, out, i + 1, j, i + 1, depth, columns, false);
    }
  }
  if (wholeRows < <usize>m)
    for (let j: usize = 0; j < columns; j++) single(upper, b, out, wholeRows, j, wholeRows, depth, columns, false);
}

// @ts-ignore: decorator
@inline
function kept(at: usize, keep: bool): f64 {
  return keep ? load<f64>(at) : 0;
}

// @ts-ignore: decorator
@inline
function single(
  a: usize,
  b: usize,
  out: usize,
  i: usize,
  j: usize,
  from: usize,
  depth: usize,
  columns: usize,
  keep: bool,
): void {
  const value = dot(a + ((i * depth + from) << 3), b + ((j * depth + from) << 3), depth - from);
  const at = out + ((i * columns + j) << 3);
  store<f64>(at, kept(at, keep) + value);
}

/**
 * Products of rows i, i + 1 of a with rows j .. j + 3 of b over columns [from, depth), added to `out` where `keep` is
 * true, else in its place.
 */
function tile(
  a: usize,
  b: usize,
  out: usize,
  i: usize,
  j: usize,
  from: usize,
  depth: usize,
  columns: usize,
  keep: bool,
): void {
  const bytes = depth << 3;
  let a0 = a + i * bytes + (from << 3);
  let b0 = b + j * bytes + (from << 3);
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  const pairs = (depth - from) >> 1;
  for (let p: usize = 0; p < pairs; p++) {
    const x0 = v128.load(a0);
    const x1 = v128.load(a0 + bytes);
    const y0 = v128.load(b0);
    const y1 = v128.load(b0 + bytes);
    const y2 = v128.load(b0 + 2 * bytes);
    const y3 = v128.load(b0 + 3 * bytes);
    s00 = f64x2.add(s00, f64x2.mul(x0, y0));
    s01 = f64x2.add(s01, f64x2.mul(x0, y1));
    s02 = f64x2.add(s02, f64x2.mul(x0, y2));
    s03 = f64x2.add(s03, f64x2.mul(x0, y3));
    s10 = f64x2.add(s10, f64x2.mul(x1, y0));
    s11 = f64x2.add(s11, f64x2.mul(x1, y1));
    s12 = f64x2.add(s12, f64x2.mul(x1, y2));
    s13 = f64x2.add(s13, f64x2.mul(x1, y3));
    a0 += 16;
    b0 += 16;
  }
  let x0: f64 = 0;
  let x1: f64 = 0;
  let y0: f64 = 0;
  let y1: f64 = 0;
  let y2: f64 = 0;
  let y3: f64 = 0;
  if ((depth - from) & 1) {
    x0 = load<f64>(a0);
    x1 = load<f64>(a0 + bytes);
    y0 = load<f64>(b0);
    y1 = load<f64>(b0 + bytes);
    y2 = load<f64>(b0 + 2 * bytes);
    y3 = load<f64>(b0 + 3 * bytes);
  }
  const row0 = out + ((i * columns + j) << 3);
  const row1 = row0 + (columns << 3);
  store<f64>(row0, kept(row0, keep) + laneSum(s00) + x0 * y0);
  store<f64>(row0, kept(row0 + 8, keep) + laneSum(s01) + x0 * y1, 8);
  store<f64>(row0, kept(row0 + 16, keep) + laneSum(s02) + x0 * y2, 16);
  store<f64>(row0, kept(row0 + 24, keep) + laneSum(s03) + x0 * y3, 24);
  store<f64>(row1, kept(row1, keep) + laneSum(s10) + x1 * y0);
  store<f64>(row1, kept(row1 + 8, keep) + laneSum(s11) + x1 * y1, 8);
  store<f64>(row1, kept(row1 + 16, keep) + laneSum(s12) + x1 * y2, 16);
  store<f64>(row1, kept(row1 + 24, keep) + laneSum(s13) + x1 * y3, 24);
}

/** out[i, j] += x_i . x_j for all j <= i (and some j > i): x f64 [n, depth], out f64 [n, n]. */
export function addGram(x: usize, n: i32, depth: i32, out: usize): void {
  checkRange(x, <usize>n * <usize>depth * 8);
  checkRange(out, <usize>n * <usize>n * 8);
  const size = <usize>n;
  const wholeRows = size & ~1;
  for (let i: usize = 0; i < size; i += 2) {
    let j: usize = 0;
    if (i < wholeRows) {
      for (; j <= i + 1 && j + 4 <= size; j += 4) tile(x, x, out, i, j, 0, <usize>depth, size, true);
      for (let k = j; k <= i + 1; k++) single(x, x, out, i + 1, k, 0, <usize>depth, size, true);
    }
    for (; j <= i; j++) single(x, x, out, i, j, 0, <usize>depth, size, true);
  }
}

/** inverse = L^-1, f64 [n, n] lower triangular with zeros above, of the lower triangle of matrix, f64 [n, stride]. */
export function invertLower(matrix: usize, n: i32, stride: i32, inverse: usize): void {
  const size = <usize>n;
  checkRange(matrix, size * <usize>stride * 8);
  checkRange(inverse, size * size * 8);
  memory.fill(inverse, 0, size * size * 8);
  for (let i: usize = 0; i < size; i++) {
    const row = inverse + ((i * size) << 3);
    const reciprocal = 1 / get(matrix, <usize>stride, i, i);
    for (let j: usize = 0; j < i; j++) {
      addScaled(row, -reciprocal * get(matrix, <usize>stride, i, j), inverse + ((j * size) << 3), j + 1);
    }
    store<f64>(row + (i << 3), reciprocal);
  }
}
