/** Squared norms of linear combinations: the integrands of path-space KL. */
import { checkRange, fma } from "./simd";

/** Sum over n float32 of (a x + b y + c u + e v)^2, accumulated in float64. */
// @ts-ignore: decorator
@inline
function squaredNorm(x: usize, a: f32, y: usize, b: f32, u: usize, c: f32, v: usize, e: f32, bytes: usize): f64 {
  const av = f32x4.splat(a);
  const bv = f32x4.splat(b);
  const cv = f32x4.splat(c);
  const ev = f32x4.splat(e);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const blockBytes = bytes & ~15;
  let offset: usize = 0;
  for (; offset < blockBytes; offset += 16) {
    const near = fma(bv, v128.load(y + offset), f32x4.mul(av, v128.load(x + offset)));
    const far = fma(ev, v128.load(v + offset), f32x4.mul(cv, v128.load(u + offset)));
    const sum = f32x4.add(near, far);
    const first = f64x2.promote_low_f32x4(sum);
    const second = f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const lanes = f64x2.add(low, high);
  let total = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  for (; offset < bytes; offset += 4) {
    const near = b * load<f32>(y + offset) + a * load<f32>(x + offset);
    const sum = <f64>(near + (e * load<f32>(v + offset) + c * load<f32>(u + offset)));
    total += sum * sum;
  }
  return total;
}

/**
 * out f64 [rows]: for each row of float32 [rows, width] the squared norm of a x + b y + c u + e v, accumulated in
 * float64. A coefficient of 0 leaves its vector unread in effect: pass any valid pointer.
 */
export function combinationSquaredNorms(
  x: usize,
  a: f32,
  y: usize,
  b: f32,
  u: usize,
  c: f32,
  v: usize,
  e: f32,
  rows: i32,
  width: i32,
  out: usize,
): void {
  const rowBytes = (<usize>width) << 2;
  const bytes = <usize>rows * rowBytes;
  checkRange(x, bytes);
  checkRange(y, bytes);
  checkRange(u, bytes);
  checkRange(v, bytes);
  checkRange(out, (<usize>rows) << 3);
  for (let at: usize = 0; at < bytes; at += rowBytes) {
    store<f64>(out, squaredNorm(x + at, a, y + at, b, u + at, c, v + at, e, rowBytes));
    out += 8;
  }
}
