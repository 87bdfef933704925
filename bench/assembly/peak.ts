/**
 * The arithmetic limit of one core for 128-bit vectors: chains of multiply-adds that live in registers, more of them than the
 * latency of an addition needs to keep two units busy. Compilers disagree on which form of a chain costs no copies, so there are
 * several, and the fastest counts. Each returns its sum, so that nothing is left out.
 */

/** Multiply-adds x 2 of one iteration of any of the loops. */
export const flopsPerIteration: i32 = 10 * 4 * 2;

const operands = memory.data(160, 16);

// @ts-ignore: decorator
@inline
function total(a: v128, b: v128, c: v128, d: v128, e: v128): f32 {
  const sum = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), e);
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 3);
}

/** x = m b + x, fused. */
export function fusedSums(iterations: i32, multiplier: f32): f32 {
  const m = f32x4.splat(multiplier), b = f32x4.splat(multiplier);
  let x0 = m, x1 = m, x2 = m, x3 = m, x4 = m, x5 = b, x6 = b, x7 = b, x8 = b, x9 = b;
  for (; iterations; --iterations) {
    x0 = f32x4.relaxed_madd(m, b, x0);
    x1 = f32x4.relaxed_madd(m, b, x1);
    x2 = f32x4.relaxed_madd(m, b, x2);
    x3 = f32x4.relaxed_madd(m, b, x3);
    x4 = f32x4.relaxed_madd(m, b, x4);
    x5 = f32x4.relaxed_madd(m, b, x5);
    x6 = f32x4.relaxed_madd(m, b, x6);
    x7 = f32x4.relaxed_madd(m, b, x7);
    x8 = f32x4.relaxed_madd(m, b, x8);
    x9 = f32x4.relaxed_madd(m, b, x9);
  }
  return total(x0, x1, x2, x3, x4) + total(x5, x6, x7, x8, x9);
}

/** x = x m + c, fused. */
export function fusedProducts(iterations: i32, multiplier: f32): f32 {
  const m = f32x4.splat(multiplier), c = f32x4.splat(1);
  let x0 = m, x1 = m, x2 = m, x3 = m, x4 = m, x5 = c, x6 = c, x7 = c, x8 = c, x9 = c;
  for (; iterations; --iterations) {
    x0 = f32x4.relaxed_madd(x0, m, c);
    x1 = f32x4.relaxed_madd(x1, m, c);
    x2 = f32x4.relaxed_madd(x2, m, c);
    x3 = f32x4.relaxed_madd(x3, m, c);
    x4 = f32x4.relaxed_madd(x4, m, c);
    x5 = f32x4.relaxed_madd(x5, m, c);
    x6 = f32x4.relaxed_madd(x6, m, c);
    x7 = f32x4.relaxed_madd(x7, m, c);
    x8 = f32x4.relaxed_madd(x8, m, c);
    x9 = f32x4.relaxed_madd(x9, m, c);
  }
  return total(x0, x1, x2, x3, x4) + total(x5, x6, x7, x8, x9);
}

/** x = x + m b rounded twice, b from the first-level cache, as a matrix product has it. */
export function separate(iterations: i32, multiplier: f32): f32 {
  const m = f32x4.splat(multiplier);
  const n = f32x4.splat(multiplier);
  let x0 = m, x1 = m, x2 = m, x3 = m, x4 = m, x5 = m, x6 = m, x7 = m, x8 = m, x9 = m;
  for (; iterations; --iterations) {
    const b = v128.load(operands);
    const c = v128.load(operands, 16);
    x0 = f32x4.add(x0, f32x4.mul(b, m));
    x1 = f32x4.add(x1, f32x4.mul(c, m));
    x2 = f32x4.add(x2, f32x4.mul(b, n));
    x3 = f32x4.add(x3, f32x4.mul(c, n));
    x4 = f32x4.add(x4, f32x4.mul(b, b));
    x5 = f32x4.add(x5, f32x4.mul(c, b));
    x6 = f32x4.add(x6, f32x4.mul(b, c));
    x7 = f32x4.add(x7, f32x4.mul(c, c));
    x8 = f32x4.add(x8, f32x4.mul(b, m));
    x9 = f32x4.add(x9, f32x4.mul(c, m));
  }
  return total(x0, x1, x2, x3, x4) + total(x5, x6, x7, x8, x9);
}
