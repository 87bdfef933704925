/** Pairwise distances in blocks, and quadratic forms of the blocks. */
import { expClamped4 } from "./elementary";
import { checkRange, fma } from "./simd";

/** |a - b_j|^2 of four neighbouring columns j. */
// @ts-ignore: decorator
@inline
function squaredDifferences(a: usize, b: usize, d: i32, stride: usize): v128 {
  let sum = f32x4.splat(0);
  for (let k = 0; k < d; k++) {
    const difference = f32x4.sub(v128.load32_splat(a + ((<usize>k) << 2)), v128.load(b + <usize>k * stride));
    sum = fma(difference, difference, sum);
  }
  return sum;
}

function squaredDifference(a: usize, b: usize, d: i32, stride: usize): f32 {
  let sum: f32 = 0;
  for (let k = 0; k < d; k++) {
    const difference = load<f32>(a + ((<usize>k) << 2)) - load<f32>(b + <usize>k * stride);
    sum += difference * difference;
  }
  return sum;
}

/**
 * out[i, j] = |a_i - b_j|^2, f32 [rows, columns], by differences (no cancellation): a is f32 [rows, d]; b is
 * transposed, f32 [d, columns] with `stride` floats from one coordinate to the next. For small d; large ones go by the
 * Gram matrix.
 */
export function squaredDistances(a: usize, b: usize, rows: i32, columns: i32, d: i32, stride: i32, out: usize): void {
  checkRange(a, <usize>rows * <usize>d * 4);
  checkRange(out, <usize>rows * <usize>columns * 4);
  const coordinate = (<usize>stride) << 2;
  const whole = columns & ~3;
  for (let i = 0; i < rows; i++) {
    const row = a + <usize>i * <usize>d * 4;
    const target = out + <usize>i * <usize>columns * 4;
    for (let j = 0; j < whole; j += 4) {
      v128.store(target + ((<usize>j) << 2), squaredDifferences(row, b + ((<usize>j) << 2), d, coordinate));
    }
    for (let j = whole; j < columns; j++) {
      store<f32>(target + ((<usize>j) << 2), squaredDifference(row, b + ((<usize>j) << 2), d, coordinate));
    }
  }
}

/** norms[i] = |x_i|^2 of x, f32 [rows, d], summed in float64 and rounded once. */
export function squaredNorms(x: usize, rows: i32, d: i32, norms: usize): void {
  checkRange(x, <usize>rows * <usize>d * 4);
  checkRange(norms, (<usize>rows) << 2);
  for (let i = 0; i < rows; i++) {
    const row = x + <usize>i * <usize>d * 4;
    store<f32>(norms + ((<usize>i) << 2), <f32>dot(row, row, d));
  }
}

/** a . b of f32 [n] in float64. */
function dot(a: usize, b: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const x = v128.load(a + ((<usize>i) << 2));
    const y = v128.load(b + ((<usize>i) << 2));
    low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
    high = f64x2.add(high, f64x2.mul(promoteHigh(x), promoteHigh(y)));
  }
  const pairs = f64x2.add(low, high);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (let i = whole; i < n; i++) sum += <f64>load<f32>(a + ((<usize>i) << 2)) * <f64>load<f32>(b + ((<usize>i) << 2));
  return sum;
}

// @ts-ignore: decorator
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/**
 * In place: gram[i, j] = a_i . b_j, f32 [rows, columns], becomes max(0, normsA[i] + normsB[j] - 2 gram[i, j]) = |a_i -
 * b_j|^2.
 */
export function gramToSquaredDistances(gram: usize, normsA: usize, normsB: usize, rows: i32, columns: i32): void {
  checkRange(gram, <usize>rows * <usize>columns * 4);
  checkRange(normsA, (<usize>rows) << 2);
  checkRange(normsB, (<usize>columns) << 2);
  const zero = f32x4.splat(0);
  const minusTwo = f32x4.splat(-2);
  const whole = columns & ~3;
  for (let i = 0; i < rows; i++) {
    const norm = load<f32>(normsA + ((<usize>i) << 2));
    const norms = f32x4.splat(norm);
    const row = gram + <usize>i * <usize>columns * 4;
    for (let j = 0; j < whole; j += 4) {
      const at = row + ((<usize>j) << 2);
      const sum = f32x4.add(norms, v128.load(normsB + ((<usize>j) << 2)));
      v128.store(at, f32x4.max(zero, fma(minusTwo, v128.load(at), sum)));
    }
    for (let j = whole; j < columns; j++) {
      const at = row + ((<usize>j) << 2);
      store<f32>(at, max<f32>(0, norm + load<f32>(normsB + ((<usize>j) << 2)) - 2 * load<f32>(at)));
    }
  }
}

/** Adds the four lanes to float64 sums of lanes 0 and 1, and 2 and 3. */
// @ts-ignore: decorator
@inline
function widened(sums: v128, values: v128): v128 {
  return f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(values), promoteHigh(values)));
}

/** In place: x = sqrt(x), f32 [n]. Returns the sum in float64. */
export function squareRoots(x: usize, n: i32): f64 {
  checkRange(x, (<usize>n) << 2);
  let sums = f64x2.splat(0);
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16) {
    const roots = f32x4.sqrt(v128.load(x));
    v128.store(x, roots);
    sums = widened(sums, roots);
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let left = n & 3; left > 0; left--) {
    const root = sqrt<f32>(load<f32>(x));
    store<f32>(x, root);
    sum += <f64>root;
    x += 4;
  }
  return sum;
}

/** In place: x = exp(-rate x), f32 [n], x >= 0; at least e^-87. Returns the sum in float64. */
export function expNegated(x: usize, n: i32, rate: f32): f64 {
  checkRange(x, (<usize>n) << 2);
  const factor = f32x4.splat(-rate);
  let sums = f64x2.splat(0);
  const end = x + ((<usize>(n & ~3)) << 2);
  for (; x < end; x += 16) {
    const values = expClamped4(f32x4.mul(factor, v128.load(x)));
    v128.store(x, values);
    sums = widened(sums, values);
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let left = n & 3; left > 0; left--) {
    const value = f32x4.extract_lane(expClamped4(f32x4.mul(factor, v128.load32_splat(x))), 0);
    store<f32>(x, value);
    sum += <f64>value;
    x += 4;
  }
  return sum;
}

/** sums[c] += sum over rows of x[r, c] y[r, c]: x and y f32 [rows, columns], sums f64 [columns]. */
export function addColumnDots(x: usize, y: usize, rows: i32, columns: i32, sums: usize): void {
  checkRange(x, <usize>rows * <usize>columns * 4);
  checkRange(y, <usize>rows * <usize>columns * 4);
  checkRange(sums, (<usize>columns) << 3);
  const whole = columns & ~3;
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * <usize>columns * 4;
    for (let c = 0; c < whole; c += 4) {
      const left = v128.load(x + offset + ((<usize>c) << 2));
      const right = v128.load(y + offset + ((<usize>c) << 2));
      const at = sums + ((<usize>c) << 3);
      const low = f64x2.mul(f64x2.promote_low_f32x4(left), f64x2.promote_low_f32x4(right));
      const high = f64x2.mul(promoteHigh(left), promoteHigh(right));
      v128.store(at, f64x2.add(v128.load(at), low));
      v128.store(at, f64x2.add(v128.load(at, 16), high), 16);
    }
    for (let c = whole; c < columns; c++) {
      const at = sums + ((<usize>c) << 3);
      const at32 = offset + ((<usize>c) << 2);
      store<f64>(at, load<f64>(at) + <f64>load<f32>(x + at32) * <f64>load<f32>(y + at32));
    }
  }
}
