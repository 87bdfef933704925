import { checkRange } from "./simd";

// Reductions of float32 arrays in float64: four accumulators in a fixed order, products exact, the same bits in both builds.

const enum Term {
  value,
  product,
  squaredDifference,
}

// @ts-ignore: decorator
@inline
function term(kind: Term, x: usize, y: usize): v128 {
  const a = f64x2.promote_low_f32x4(v128.load64_zero(x));
  if (kind == Term.value) return a;
  const b = f64x2.promote_low_f32x4(v128.load64_zero(y));
  if (kind == Term.product) return f64x2.mul(a, b);
  const difference = f64x2.sub(a, b);
  return f64x2.mul(difference, difference);
}

// @ts-ignore: decorator
@inline
function lastTerm(kind: Term, x: usize, y: usize): f64 {
  const a = <f64>load<f32>(x);
  if (kind == Term.value) return a;
  const b = <f64>load<f32>(y);
  return kind == Term.product ? a * b : (a - b) * (a - b);
}

// @ts-ignore: decorator
@inline
function accumulate(kind: Term, x: usize, y: usize, n: i32): f64 {
  checkRange(x, (<usize>n) << 2);
  checkRange(y, (<usize>n) << 2);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  const end = x + ((<usize>n) << 2);
  while (x + 32 <= end) {
    s0 = f64x2.add(s0, term(kind, x, y));
    s1 = f64x2.add(s1, term(kind, x + 8, y + 8));
    s2 = f64x2.add(s2, term(kind, x + 16, y + 16));
    s3 = f64x2.add(s3, term(kind, x + 24, y + 24));
    x += 32;
    y += 32;
  }
  const pair = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let total = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  while (x < end) {
    total += lastTerm(kind, x, y);
    x += 4;
    y += 4;
  }
  return total;
}

/** Sum of x [n]. */
export function sum(x: usize, n: i32): f64 {
  return accumulate(Term.value, x, x, n);
}

/** Sum of squares of x [n]. */
export function sumSquares(x: usize, n: i32): f64 {
  return accumulate(Term.product, x, x, n);
}

/** Inner product of x [n] and y [n]. */
export function dot(x: usize, y: usize, n: i32): f64 {
  return accumulate(Term.product, x, y, n);
}

/** Squared Euclidean distance of x [n] and y [n]. */
export function squaredDistance(x: usize, y: usize, n: i32): f64 {
  return accumulate(Term.squaredDifference, x, y, n);
}

/** Largest absolute value of x [n]; NaN if there is one, 0 for n = 0. */
export function maxAbs(x: usize, n: i32): f32 {
  checkRange(x, (<usize>n) << 2);
  let largest = f32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  while (x + 16 <= end) {
    largest = f32x4.max(largest, f32x4.abs(v128.load(x)));
    x += 16;
  }
  let result = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  while (x < end) {
    result = max(result, abs(load<f32>(x)));
    x += 4;
  }
  return result;
}

/** How many of x [n] are NaN or infinite: exponents of all ones. */
export function countNonFinite(x: usize, n: i32): i32 {
  checkRange(x, (<usize>n) << 2);
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  const end = x + ((<usize>n) << 2);
  while (x + 16 <= end) {
    found = i32x4.sub(found, i32x4.eq(v128.and(v128.load(x), exponent), exponent));
    x += 16;
  }
  let count = i32x4.extract_lane(found, 0) + i32x4.extract_lane(found, 1);
  count += i32x4.extract_lane(found, 2) + i32x4.extract_lane(found, 3);
  while (x < end) {
    count += i32((load<u32>(x) & 0x7f800000) == 0x7f800000);
    x += 4;
  }
  return count;
}

/** out f64 [columns]: sum over the rows of x f32 [rows, columns], rows in order. */
export function sumColumns(x: usize, rows: i32, columns: i32, out: usize): void {
  checkRange(x, (<usize>rows * <usize>columns) << 2);
  checkRange(out, (<usize>columns) << 3);
  memory.fill(out, 0, (<usize>columns) << 3);
  for (let row = 0; row < rows; row++) {
    let at = out;
    const end = x + ((<usize>columns) << 2);
    while (x + 8 <= end) {
      v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v128.load64_zero(x))));
      x += 8;
      at += 16;
    }
    if (x < end) {
      store<f64>(at, load<f64>(at) + <f64>load<f32>(x));
      x += 4;
    }
  }
}
