/** Float64 vectors and row-major matrices for the symmetric linear algebra. */

// @ts-ignore: decorator
@inline
export function get(matrix: usize, n: usize, i: usize, j: usize): f64 {
  return load<f64>(matrix + ((i * n + j) << 3));
}

// @ts-ignore: decorator
@inline
export function set(matrix: usize, n: usize, i: usize, j: usize, value: f64): void {
  store<f64>(matrix + ((i * n + j) << 3), value);
}

// @ts-ignore: decorator
@inline
export function laneSum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: decorator
@inline
export function dot(x: usize, y: usize, n: usize): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  const whole = n & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    const at = i << 3;
    even = f64x2.add(even, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
  }
  const pairs = f64x2.add(even, odd);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (let i = whole; i < n; i++) sum += load<f64>(x + (i << 3)) * load<f64>(y + (i << 3));
  return sum;
}

/** y[0 .. n) += factor * x[0 .. n). */
// @ts-ignore: decorator
@inline
export function addScaled(y: usize, factor: f64, x: usize, n: usize): void {
  const factors = f64x2.splat(factor);
  const whole = n & ~1;
  for (let i: usize = 0; i < whole; i += 2) {
    const at = y + (i << 3);
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(factors, v128.load(x + (i << 3)))));
  }
  if (whole < n) {
    const at = y + (whole << 3);
    store<f64>(at, load<f64>(at) + factor * load<f64>(x + (whole << 3)));
  }
}
