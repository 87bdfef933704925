/** The step of a sampler: affine in the state, the denoised state and noise. */
import { normalFill } from "./random";
import { checkRange, fma } from "./simd";

/**
 * Where the noise of one chunk is drawn: it stays in L1. A multiple of the 16 numbers that the generator makes at once.
 */
const chunk: i32 = 512;
const noise = memory.data(2048, 16);

/** cx x + c0 x0 + z (z already scaled). One expression for vectors and tails, so that both round alike. */
// @ts-ignore: decorator
@inline
function combine(x: v128, x0: v128, z: v128, cx: v128, c0: v128): v128 {
  return fma(cx, x, fma(c0, x0, z));
}

/**
 * x f32 [count], in place, on one chunk; z is added if `noisy`. Returns bits that are all zero if the result is finite.
 */
// @ts-ignore: decorator
@inline
function stepChunk(x: usize, denoised: usize, count: i32, cx: v128, c0: v128, cn: v128, noisy: bool): v128 {
  let bits = f32x4.splat(0);
  let z = f32x4.splat(0);
  const body = (<usize>(count & ~3)) << 2;
  const bytes = (<usize>count) << 2;
  let i: usize = 0;
  for (; i < body; i += 16) {
    if (noisy) z = f32x4.mul(cn, v128.load(noise + i));
    const next = combine(v128.load(x + i), v128.load(denoised + i), z, cx, c0);
    v128.store(x + i, next);
    // Infinity - Infinity and NaN - NaN are NaN, all else is +0.
    bits = v128.or(bits, f32x4.sub(next, next));
  }
  for (; i < bytes; i += 4) {
    if (noisy) z = f32x4.mul(cn, v128.load32_zero(noise + i));
    const next = combine(v128.load32_zero(x + i), v128.load32_zero(denoised + i), z, cx, c0);
    f32.store(x + i, f32x4.extract_lane(next, 0));
    bits = v128.or(bits, f32x4.sub(next, next));
  }
  return bits;
}

/**
 * x = cx x + c0 denoised + cn z for x, denoised f32 [count], with numbers [first, first + count) of the normal stream
 * of key (seedLow, seedHigh) and counter words (step, client, tag) as z; no number is drawn where cn is 0. Returns -1,
 * or the index of the first element of x that is not finite (elements behind its chunk are then left as they were).
 */
export function samplerStep(
  x: usize,
  denoised: usize,
  count: i32,
  cx: f32,
  c0: f32,
  cn: f32,
  first: f64,
  seedLow: u32,
  seedHigh: u32,
  step: u32,
  client: u32,
  tag: u32,
): i32 {
  checkRange(x, (<usize>count) << 2);
  checkRange(denoised, (<usize>count) << 2);
  const vx = f32x4.splat(cx);
  const v0 = f32x4.splat(c0);
  const vn = f32x4.splat(cn);
  // The first chunk ends where a group of 16 numbers ends, and so does each one after it.
  let length = chunk - (<i32>(<u64>first) & 15);
  for (let done = 0; done < count; ) {
    length = min(length, count - done);
    const offset = (<usize>done) << 2;
    let bits: v128;
    if (cn != 0) {
      normalFill(noise, length, first + <f64>done, seedLow, seedHigh, step, client, tag);
      bits = stepChunk(x + offset, denoised + offset, length, vx, v0, vn, true);
    } else {
      bits = stepChunk(x + offset, denoised + offset, length, vx, v0, vn, false);
    }
    if (v128.any_true(bits)) return done + firstNonFinite(x + offset, length);
    done += length;
    length = chunk;
  }
  return -1;
}

function firstNonFinite(x: usize, count: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (!isFinite(load<f32>(x + ((<usize>i) << 2)))) return i;
  }
  return count;
}
