import { storeLogarithms, storeTurn4 } from "./elementary";
import { constant } from "./simd";

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011), four counter blocks
 * at once: lane i of the four state vectors is block i.
 */

/** What the 128 bits of a block become. */
export const enum Output {
  bits,
  uniform,
  normal,
  index,
}

const MULTIPLIER_0 = memory.data<u32>([0xd2511f53]);
const MULTIPLIER_1 = memory.data<u32>([0xcd9e8d57]);
const WEYL_0 = memory.data<u32>([0x9e3779b9]);
const WEYL_1 = memory.data<u32>([0xbb67ae85]);

const HALF = memory.data<f32>([0.5]);
const MINUS_TWO = memory.data<f32>([-2]);
const UNIT_23 = memory.data<f32>([1.0 / 8388608.0]);
const UNIT_31 = memory.data<f32>([1.0 / 2147483648.0]);

/** Low words of the 64-bit products a * b, lane by lane. */
// @ts-ignore: decorator
@inline
function productLow(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 0, 2, 4, 6);
}

/** High words of the 64-bit products a * b, lane by lane. */
// @ts-ignore: decorator
@inline
export function productHigh(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** ((bits >> 9) + 1/2) / 2^23: exact, symmetric about 1/2, never 0 or 1. */
// @ts-ignore: decorator
@inline
export function uniform4(bits: v128): v128 {
  const integer = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 9));
  return f32x4.mul(f32x4.add(integer, constant(HALF)), constant(UNIT_23));
}

// @ts-ignore: decorator
@inline
function store4(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(out, a, 0);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
}

/**
 * Philox of two groups of four blocks side by side, since one alone waits for itself: lane by lane the blocks c0 and
 * those four further on. Writes 16 words for each: word e of a group is word e >> 2 of its block e & 3, so that no
 * transpose is needed.
 */
// @ts-ignore: decorator
@inline
export function philox32(out: usize, c0: v128, c1: v128, c2: v128, c3: v128, k0: v128, k1: v128): void {
  const m0 = constant(MULTIPLIER_0);
  const m1 = constant(MULTIPLIER_1);
  let d0 = i32x4.add(c0, i32x4.splat(4));
  let d1 = c1;
  let d2 = c2;
  let d3 = c3;
  for (let round = 0; round < 10; round++) {
    const high0 = productHigh(c0, m0);
    const low0 = productLow(c0, m0);
    const high1 = productHigh(c2, m1);
    const low1 = productLow(c2, m1);
    c0 = v128.xor(v128.xor(high1, c1), k0);
    c1 = low1;
    c2 = v128.xor(v128.xor(high0, c3), k1);
    c3 = low0;
    const high2 = productHigh(d0, m0);
    const low2 = productLow(d0, m0);
    const high3 = productHigh(d2, m1);
    const low3 = productLow(d2, m1);
    d0 = v128.xor(v128.xor(high3, d1), k0);
    d1 = low3;
    d2 = v128.xor(v128.xor(high2, d3), k1);
    d3 = low2;
    k0 = i32x4.add(k0, constant(WEYL_0));
    k1 = i32x4.add(k1, constant(WEYL_1));
  }
  store4(out, c0, c1, c2, c3);
  store4(out + 64, d0, d1, d2, d3);
}

/**
 * Makes numbers of the words in [at, end), in place, 32 at a time. Normals are Box-Muller pairs (Box, Muller 1958):
 * words e and e + 4 of a group of 16 give the numbers there (cosine, sine), for e in 0 ... 3 and 8 ... 11. `bound` is
 * used by Output.index alone.
 */
// @ts-ignore: decorator
@inline
export function makeNumbers(kind: Output, at: usize, end: usize, bound: v128): void {
  if (kind == Output.normal) {
    for (; at < end; at += 128) {
      storeRadii(at);
      for (let pair: usize = 0; pair < 128; pair += 32) storeTurn4(at + pair);
    }
  } else if (kind == Output.uniform) {
    for (; at < end; at += 16) v128.store(at, uniform4(v128.load(at)));
  } else if (kind == Output.index) {
    for (; at < end; at += 16) v128.store(at, productHigh(v128.load(at), bound));
  }
}

/** ((bits >> 1) + 1/2) / 2^31: its tail lets normals reach 6.6. */
// @ts-ignore: decorator
@inline
function fineUniform4(bits: v128): v128 {
  const integer = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 1));
  return f32x4.mul(f32x4.add(integer, constant(HALF)), constant(UNIT_31));
}

/** From the logarithm of a uniform number the radius sqrt(-2 log u) of a pair of normals. */
// @ts-ignore: decorator
@inline
function radius4(logarithm: v128): v128 {
  return f32x4.sqrt(f32x4.pmax(f32x4.mul(logarithm, constant(MINUS_TWO)), f32x4.splat(0)));
}

/** Radii of the words of four vectors, 32 bytes apart, in place and side by side. */
// @ts-ignore: decorator
@inline
function storeRadii(at: usize): void {
  v128.store(at, fineUniform4(v128.load(at)));
  v128.store(at, fineUniform4(v128.load(at, 32)), 32);
  v128.store(at, fineUniform4(v128.load(at, 64)), 64);
  v128.store(at, fineUniform4(v128.load(at, 96)), 96);
  storeLogarithms(at);
  v128.store(at, radius4(v128.load(at)));
  v128.store(at, radius4(v128.load(at, 32)), 32);
  v128.store(at, radius4(v128.load(at, 64)), 64);
  v128.store(at, radius4(v128.load(at, 96)), 96);
}
