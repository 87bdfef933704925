/**
 * Logits of a mixture's components, four rows at a time: what does not depend on the row, minus |x - alpha mu_k|^2 / (2 c_k). See mixture.ts.
 */
import { expUnbounded4 } from "./elementary";
import { constant, fma } from "./simd";

/** Running state of a row, f64: largest logit, sum of weights, sum of r / c, sum of r v / c. */
// @ts-ignore: decorator
@inline
export const STATE: usize = 32;

/** Below e^-80 nothing is left in float32, and products would become slow denormals. */
const CUT = memory.data<f32>([-80]);

/** Components of a block at most; also how many logits a row has room for. */
// @ts-ignore: decorator
@inline
export const BLOCK: usize = 64;
/** Coordinates summed in float32 before the sum goes on in float64. */
// @ts-ignore: decorator
@inline
const CHUNK: i32 = 64;

/** Logits f64 [4, BLOCK] of the four rows in work. */
export const logits = memory.data(4 * 64 * 8, 64);

/** Logits of 4 components: `base` plus their -distance / (2 c). */
// @ts-ignore: decorator
@inline
function addDistances(distances: v128, precision: usize, base: usize, logit: usize): void {
  const low = f64x2.promote_low_f32x4(distances);
  const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(distances, distances, 1, 1));
  v128.store(logit, f64x2.add(v128.load(base), f64x2.mul(low, v128.load(precision))));
  v128.store(logit, f64x2.add(v128.load(base, 16), f64x2.mul(high, v128.load(precision, 16))), 16);
}

// @ts-ignore: decorator
@inline
function squared(x: v128, mean: v128, sum: v128): v128 {
  const difference = f32x4.sub(x, mean);
  return fma(difference, difference, sum);
}

/** Logits of the 8 components of one group for four rows; `at` is the group's place in the block. */
export function groupLogits(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  packed: usize,
  dimension: i32,
  alpha: f32,
  constants: usize,
  precision: usize,
  at: usize,
): void {
  const out0 = logits + (at << 3);
  const out1 = out0 + BLOCK * 8;
  const out2 = out1 + BLOCK * 8;
  const out3 = out2 + BLOCK * 8;
  const scale = f32x4.splat(alpha);
  for (let first = 0; first < dimension; first += CHUNK) {
    const end = packed + ((<usize>min(CHUNK, dimension - first)) << 5);
    let a0 = f32x4.splat(0),
      a1 = a0,
      a2 = a0,
      a3 = a0,
      b0 = a0,
      b1 = a0,
      b2 = a0,
      b3 = a0;
    while (packed < end) {
      const ma = f32x4.mul(v128.load(packed), scale);
      const mb = f32x4.mul(v128.load(packed, 16), scale);
      const y0 = v128.load32_splat(x0);
      a0 = squared(y0, ma, a0);
      b0 = squared(y0, mb, b0);
      const y1 = v128.load32_splat(x1);
      a1 = squared(y1, ma, a1);
      b1 = squared(y1, mb, b1);
      const y2 = v128.load32_splat(x2);
      a2 = squared(y2, ma, a2);
      b2 = squared(y2, mb, b2);
      const y3 = v128.load32_splat(x3);
      a3 = squared(y3, ma, a3);
      b3 = squared(y3, mb, b3);
      packed += 32;
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    const base0 = first ? out0 : constants;
    const base1 = first ? out1 : constants;
    const base2 = first ? out2 : constants;
    const base3 = first ? out3 : constants;
    addDistances(a0, precision, base0, out0);
    addDistances(b0, precision + 32, base0 + 32, out0 + 32);
    addDistances(a1, precision, base1, out1);
    addDistances(b1, precision + 32, base1 + 32, out1 + 32);
    addDistances(a2, precision, base2, out2);
    addDistances(b2, precision + 32, base2 + 32, out2 + 32);
    addDistances(a3, precision, base3, out3);
    addDistances(b3, precision + 32, base3 + 32, out3 + 32);
  }
}

/** Components in whole groups of 8. */
// @ts-ignore: decorator
@inline
export function padded(components: i32): i32 {
  return (components + 7) & -8;
}

/** e^(logit - shift) of four logits, float32. */
// @ts-ignore: decorator
@inline
export function weights4(logit: usize, shift: v128): v128 {
  const low = f32x4.demote_f64x2_zero(f64x2.sub(v128.load(logit), shift));
  const high = f32x4.demote_f64x2_zero(f64x2.sub(v128.load(logit, 16), shift));
  const x = v128.shuffle<u64>(low, high, 0, 2);
  return v128.and(expUnbounded4(x), f32x4.gt(x, constant(CUT)));
}
