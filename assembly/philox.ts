import { logNormal4, storeTurn4 } from "./elementary";
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

/** Radius sqrt(-2 log u) of a pair of normals, u from the top 31 bits, so that the tail reaches 6.6. */
// @ts-ignore: decorator
@inline
function radius4(bits: v128): v128 {
  const integer = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 1));
  const u = f32x4.mul(f32x4.add(integer, constant(HALF)), constant(UNIT_31));
  return f32x4.sqrt(f32x4.max(f32x4.mul(logNormal4(u), constant(MINUS_TWO)), f32x4.splat(0)));
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
 * Writes the 16 numbers of blocks c0 (lane by lane) at out: number e is word e >> 2 of block e & 3, so that no transpose
 * is needed. Normals are Box-Muller pairs (Box, Muller 1958): words 0 and 1 give numbers e and e + 4 (cosine, sine), words 2
 * and 3 the next eight. `bound` is used by Output.index alone.
 */
// @ts-ignore: decorator
@inline
export function philox16(kind: Output, out: usize, c0: v128, c1: v128, c2: v128, c3: v128, k0: v128, k1: v128, bound: v128): void {
  const m0 = constant(MULTIPLIER_0);
  const m1 = constant(MULTIPLIER_1);
  const w0 = constant(WEYL_0);
  const w1 = constant(WEYL_1);
  for (let round = 0; round < 10; round++) {
    const high0 = productHigh(c0, m0);
    const low0 = productLow(c0, m0);
    const high1 = productHigh(c2, m1);
    const low1 = productLow(c2, m1);
    c0 = v128.xor(v128.xor(high1, c1), k0);
    c1 = low1;
    c2 = v128.xor(v128.xor(high0, c3), k1);
    c3 = low0;
    k0 = i32x4.add(k0, w0);
    k1 = i32x4.add(k1, w1);
  }
  if (kind == Output.bits) {
    store4(out, c0, c1, c2, c3);
  } else if (kind == Output.uniform) {
    store4(out, uniform4(c0), uniform4(c1), uniform4(c2), uniform4(c3));
  } else if (kind == Output.index) {
    store4(out, productHigh(c0, bound), productHigh(c1, bound), productHigh(c2, bound), productHigh(c3, bound));
  } else {
    storeTurn4(c1, radius4(c0), out, out + 16);
    storeTurn4(c3, radius4(c2), out + 32, out + 48);
  }
}
