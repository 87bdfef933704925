/**
 * Sums over clients, float64, of vectors of parameters, float32; keep has one byte an entry. No fused multiply-add:
 * both builds give the same bytes.
 */
import { checkRange } from "./simd";

// @ts-ignore: decorator
@inline
function promote(pointer: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(pointer));
}

/** sum[i] += weight * (local[i] - server[i]). */
export function aggregateFold(local: usize, server: usize, sum: usize, length: i32, weight: f64): void {
  checkRange(local, (<usize>length) << 2);
  checkRange(server, (<usize>length) << 2);
  checkRange(sum, (<usize>length) << 3);
  const weights = f64x2.splat(weight);
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    const moved = f64x2.sub(promote(local), promote(server));
    v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(weights, moved)));
    local += 8;
    server += 8;
    sum += 16;
  }
  if (i < length) store<f64>(sum, load<f64>(sum) + weight * (<f64>load<f32>(local) - <f64>load<f32>(server)));
}

/** sum[i] += weight * (local[i] - server[i]) where keep[i], a byte, is not 0. */
export function aggregateFoldKept(
  local: usize,
  server: usize,
  keep: usize,
  sum: usize,
  length: i32,
  weight: f64,
): void {
  checkRange(local, (<usize>length) << 2);
  checkRange(server, (<usize>length) << 2);
  checkRange(keep, <usize>length);
  checkRange(sum, (<usize>length) << 3);
  const weights = f64x2.splat(weight);
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    const pair = load<u16>(keep);
    if (pair) {
      const kept = i64x2.ne(i64x2.replace_lane(i64x2.splat(<i64>(pair & 0xff)), 1, <i64>(pair >> 8)), i64x2.splat(0));
      const moved = f64x2.mul(weights, f64x2.sub(promote(local), promote(server)));
      v128.store(sum, f64x2.add(v128.load(sum), v128.and(moved, kept)));
    }
    local += 8;
    server += 8;
    keep += 2;
    sum += 16;
  }
  if (i < length && load<u8>(keep)) {
    store<f64>(sum, load<f64>(sum) + weight * (<f64>load<f32>(local) - <f64>load<f32>(server)));
  }
}

/** rounded[i] = sum[i] in float32. */
export function aggregateRound(sum: usize, rounded: usize, length: i32): void {
  checkRange(sum, (<usize>length) << 3);
  checkRange(rounded, (<usize>length) << 2);
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    v128.store64_lane(rounded, f32x4.demote_f64x2_zero(v128.load(sum)), 0);
    sum += 16;
    rounded += 8;
  }
  if (i < length) store<f32>(rounded, <f32>load<f64>(sum));
}

/** rounded[i] = 0 + weight * (local[i] - server[i]) in float32: the bits of aggregateFold into zeros and aggregateRound. */
export function aggregateLone(local: usize, server: usize, rounded: usize, length: i32, weight: f64): void {
  checkRange(local, (<usize>length) << 2);
  checkRange(server, (<usize>length) << 2);
  checkRange(rounded, (<usize>length) << 2);
  const weights = f64x2.splat(weight);
  const zero = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= length; i += 2) {
    const moved = f64x2.mul(weights, f64x2.sub(promote(local), promote(server)));
    v128.store64_lane(rounded, f32x4.demote_f64x2_zero(f64x2.add(zero, moved)), 0);
    local += 8;
    server += 8;
    rounded += 8;
  }
  if (i < length) store<f32>(rounded, <f32>(0.0 + weight * (<f64>load<f32>(local) - <f64>load<f32>(server))));
}
