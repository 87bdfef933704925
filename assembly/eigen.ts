/** Eigenvalues and eigenvectors of symmetric matrices: tridiagonal reduction, implicit QR. Row-major. */
import { dot, get, laneSum } from "./float64";
import { checkRange, fma, horizontalSum } from "./simd";

/**
 * Householder reduction of a symmetric matrix, in place, whose largest entry is above 2^-200 and below 2^200, to tridiagonal T = Q^T A Q: diagonal f64 [n], offDiagonal f64
 * [n] (entry i couples i and i + 1; the last is 0). Reflector k stays in row k right of the diagonal, its factor 2 /
 * |v|^2 in factors f64 [n]. scratch: f64 [3 n]. Each step applies the rank-2 update of the step before in the same pass
 * over memory that multiplies by its own reflector.
 */
export function tridiagonalize(
  matrix: usize,
  n: i32,
  diagonal: usize,
  offDiagonal: usize,
  factors: usize,
  scratch: usize,
): void {
  const size = <usize>n;
  checkRange(matrix, size * size * 8);
  checkRange(scratch, size * 24);
  const bytes = size << 3;
  const v = scratch;
  const w = scratch + bytes;
  const product = scratch + 2 * bytes;
  memory.fill(scratch, 0, 3 * bytes);
  memory.fill(factors, 0, bytes);
  memory.fill(offDiagonal, 0, bytes);
  for (let k: usize = 0; k < size; k++) {
    const row = matrix + k * bytes;
    updatedDot(row, load<f64>(v + (k << 3)), load<f64>(w + (k << 3)), v, w, row, k, size);
    store<f64>(diagonal + (k << 3), load<f64>(row + (k << 3)));
    if (k + 1 == size) break;
    const rest = (k + 1) << 3;
    const length = size - k - 1;
    const factor = makeReflector(row + rest, length, offDiagonal + (k << 3));
    store<f64>(factors + (k << 3), factor);
    for (let i = k + 1; i < size; i++) {
      const at = i << 3;
      const value = updatedDot(matrix + i * bytes, load<f64>(v + at), load<f64>(w + at), v, w, row, k + 1, size);
      store<f64>(product + at, value);
    }
    memory.copy(v + rest, row + rest, length << 3);
    const inner = 0.5 * factor * factor * dot(product + rest, v + rest, length);
    for (let i = k + 1; i < size; i++) {
      const at = i << 3;
      store<f64>(w + at, factor * load<f64>(product + at) - inner * load<f64>(v + at));
    }
  }
}

/** row -= rowV w + rowW v on columns [from, to); returns the updated row's product with x there. */
// @ts-ignore: decorator
@inline
function updatedDot(row: usize, rowV: f64, rowW: f64, v: usize, w: usize, x: usize, from: usize, to: usize): f64 {
  const factorW = f64x2.splat(rowV);
  const factorV = f64x2.splat(rowW);
  let sums = f64x2.splat(0);
  const whole = from + ((to - from) & ~1);
  for (let j = from; j < whole; j += 2) {
    const at = j << 3;
    const change = f64x2.add(f64x2.mul(factorW, v128.load(w + at)), f64x2.mul(factorV, v128.load(v + at)));
    const entry = f64x2.sub(v128.load(row + at), change);
    v128.store(row + at, entry);
    sums = f64x2.add(sums, f64x2.mul(entry, v128.load(x + at)));
  }
  let sum = laneSum(sums);
  if (whole < to) {
    const at = whole << 3;
    const entry = load<f64>(row + at) - (rowV * load<f64>(w + at) + rowW * load<f64>(v + at));
    store<f64>(row + at, entry);
    sum += entry * load<f64>(x + at);
  }
  return sum;
}

/** 2^-500: squares below it are rounding of rounding, and the square of their reciprocal leaves float64. */
// @ts-ignore: decorator
@inline
const VANISHING: f64 = 3.054936363499605e-151;

/**
 * x becomes v with (I - factor v v^T) x = alpha e_0; stores alpha and returns factor, 0 where x already has that form, or all but vanishes.
 */
function makeReflector(x: usize, n: usize, alpha: usize): f64 {
  const head = load<f64>(x);
  const tail = dot(x + 8, x + 8, n - 1);
  if (tail <= VANISHING) {
    store<f64>(alpha, head);
    return 0;
  }
  const square = head * head + tail;
  const end = head > 0 ? -sqrt<f64>(square) : sqrt<f64>(square);
  store<f64>(alpha, end);
  store<f64>(x, head - end);
  return 1 / (square - head * end);
}

/**
 * Q^T of `tridiagonalize` in float32, f32 [n, stride]; stride a multiple of 32, at least n. reflector: f32 [n] scratch.
 */
export function formReflections(
  matrix: usize,
  n: i32,
  factors: usize,
  vectors: usize,
  stride: i32,
  reflector: usize,
): void {
  const size = <usize>n;
  const rowBytes = (<usize>stride) << 2;
  checkRange(vectors, size * rowBytes);
  checkRange(reflector, size << 2);
  memory.fill(vectors, 0, size * rowBytes);
  for (let i: usize = 0; i < size; i++) store<f32>(vectors + i * rowBytes + (i << 2), 1);
  for (let k = n - 3; k >= 0; k--) {
    const factor = load<f64>(factors + ((<usize>k) << 3));
    if (factor == 0) continue;
    const from = <usize>k + 1;
    const length = size - from;
    // I - v v^T with |v|^2 = 2: what float32 holds, however small the column was.
    const scale = sqrt<f64>(factor);
    for (let i: usize = 0; i < length; i++) {
      store<f32>(reflector + (i << 2), <f32>(scale * get(matrix, size, <usize>k, from + i)));
    }
    for (let r = from; r < size; r++) reflect(vectors + r * rowBytes + (from << 2), reflector, length);
  }
}

/** row -= (row . v) v, f32 [n]. */
function reflect(row: usize, v: usize, n: usize): void {
  let sums = f32x4.splat(0);
  const whole = n & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    sums = fma(v128.load(row + (i << 2)), v128.load(v + (i << 2)), sums);
  }
  let sum = horizontalSum(sums);
  for (let i = whole; i < n; i++) sum += load<f32>(row + (i << 2)) * load<f32>(v + (i << 2));
  const scale = -sum;
  const scales = f32x4.splat(scale);
  for (let i: usize = 0; i < whole; i += 4) {
    const at = row + (i << 2);
    v128.store(at, fma(scales, v128.load(v + (i << 2)), v128.load(at)));
  }
  for (let i = whole; i < n; i++) {
    const at = row + (i << 2);
    store<f32>(at, load<f32>(at) + scale * load<f32>(v + (i << 2)));
  }
}

const rotationBytes: usize = 12;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix
 * Computations, 8.3.3), in place of `diagonal`, in no order. offDiagonal is destroyed. Where vectors is not 0, f32 [n,
 * stride], its rows are rotated along: Q^T becomes the eigenvectors as rows. rotations: scratch of 12 * capacity bytes,
 * capacity >= n. Returns how many eigenvalues did not converge.
 */
export function tridiagonalEigen(
  diagonal: usize,
  offDiagonal: usize,
  n: i32,
  vectors: usize,
  stride: i32,
  rotations: usize,
  capacity: i32,
): i32 {
  checkRange(diagonal, (<usize>n) << 3);
  checkRange(offDiagonal, (<usize>n) << 3);
  checkRange(rotations, <usize>capacity * rotationBytes);
  const negligible = f64.EPSILON * largestEntry(diagonal, offDiagonal, n);
  let high = n - 1;
  let steps = 60 * n;
  let recorded = 0;
  while (high > 0) {
    if (abs<f64>(load<f64>(offDiagonal + ((<usize>(high - 1)) << 3))) <= negligible) {
      high--;
      continue;
    }
    if (steps-- == 0) break;
    let low = high - 1;
    while (low > 0 && abs<f64>(load<f64>(offDiagonal + ((<usize>(low - 1)) << 3))) > negligible) low--;
    if (recorded + high - low > capacity) {
      rotateRows(vectors, n, stride, rotations, recorded);
      recorded = 0;
    }
    chase(diagonal, offDiagonal, low, high, rotations + <usize>recorded * rotationBytes);
    if (vectors != 0) recorded += high - low;
  }
  if (vectors != 0) rotateRows(vectors, n, stride, rotations, recorded);
  return high > 0 ? high + 1 : 0;
}

function largestEntry(diagonal: usize, offDiagonal: usize, n: i32): f64 {
  let largest: f64 = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    largest = max(largest, max(abs<f64>(load<f64>(diagonal + (i << 3))), abs<f64>(load<f64>(offDiagonal + (i << 3)))));
  }
  return largest;
}

/** One implicit QR step on rows low .. high; writes its high - low rotations (row, cosine, sine) from `rotation` on. */
function chase(diagonal: usize, offDiagonal: usize, low: i32, high: i32, rotation: usize): void {
  const end = diagonal + ((<usize>high) << 3);
  const coupling = load<f64>(offDiagonal + ((<usize>high) << 3) - 8);
  const half = 0.5 * (load<f64>(end - 8) - load<f64>(end));
  const radius = sqrt<f64>(half * half + coupling * coupling);
  const shift = load<f64>(end) - (coupling * coupling) / (half + (half < 0 ? -radius : radius));
  let x = load<f64>(diagonal + ((<usize>low) << 3)) - shift;
  let z = load<f64>(offDiagonal + ((<usize>low) << 3));
  for (let k = low; k < high; k++) {
    const d = diagonal + ((<usize>k) << 3);
    const e = offDiagonal + ((<usize>k) << 3);
    const norm = sqrt<f64>(x * x + z * z);
    const c = norm > 0 ? x / norm : 1;
    const s = norm > 0 ? z / norm : 0;
    if (k > low) store<f64>(e - 8, norm);
    const d0 = load<f64>(d);
    const d1 = load<f64>(d, 8);
    const e0 = load<f64>(e);
    const cross = 2 * c * s * e0;
    store<f64>(d, c * c * d0 + cross + s * s * d1);
    store<f64>(d, s * s * d0 - cross + c * c * d1, 8);
    x = c * s * (d1 - d0) + (c * c - s * s) * e0;
    store<f64>(e, x);
    if (k + 1 < high) {
      const e1 = load<f64>(e, 8);
      z = s * e1;
      store<f64>(e, c * e1, 8);
    }
    store<i32>(rotation, k);
    store<f32>(rotation, <f32>c, 4);
    store<f32>(rotation, <f32>s, 8);
    rotation += rotationBytes;
  }
}

/** Applies recorded rotations in order, 32 columns at a time, so that the columns stay in the cache. */
function rotateRows(vectors: usize, n: i32, stride: i32, rotations: usize, count: i32): void {
  for (let column = 0; column < n; column += 32) {
    rotatePanel(vectors + ((<usize>column) << 2), (<usize>stride) << 2, rotations, count);
  }
}

// @ts-ignore: decorator
@inline
function rotatePair(upper: usize, lower: usize, c: v128, s: v128): void {
  const a = v128.load(upper);
  const b = v128.load(lower);
  v128.store(upper, fma(s, b, f32x4.mul(c, a)));
  v128.store(lower, f32x4.sub(f32x4.mul(c, b), f32x4.mul(s, a)));
}

function rotatePanel(panel: usize, rowBytes: usize, rotations: usize, count: i32): void {
  for (let r = 0; r < count; r++) {
    const rotation = rotations + <usize>r * rotationBytes;
    const upper = panel + <usize>load<i32>(rotation) * rowBytes;
    const lower = upper + rowBytes;
    const c = v128.load32_splat(rotation, 4);
    const s = v128.load32_splat(rotation, 8);
    rotatePair(upper, lower, c, s);
    rotatePair(upper + 16, lower + 16, c, s);
    rotatePair(upper + 32, lower + 32, c, s);
    rotatePair(upper + 48, lower + 48, c, s);
    rotatePair(upper + 64, lower + 64, c, s);
    rotatePair(upper + 80, lower + 80, c, s);
    rotatePair(upper + 96, lower + 96, c, s);
    rotatePair(upper + 112, lower + 112, c, s);
  }
}
