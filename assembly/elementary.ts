import { fma } from "./simd";

/** a * b + c with a constant c. */
// @ts-ignore: decorator
@inline
function horner(a: v128, b: v128, c: f32): v128 {
  return fma(a, b, f32x4.splat(c));
}

/** Natural logarithm for normal positive arguments. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  // x = 2^e m with m in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) makes the exponent field count from there.
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const z = f32x4.mul(f, f);
  let p = f32x4.splat(0.07037683576345444);
  p = horner(p, f, -0.1151461005210876);
  p = horner(p, f, 0.11676998436450958);
  p = horner(p, f, -0.12420140206813812);
  p = horner(p, f, 0.1424932330846786);
  p = horner(p, f, -0.16668057441711426);
  p = horner(p, f, 0.20000714063644409);
  p = horner(p, f, -0.24999994039535522);
  p = horner(p, f, 0.3333333134651184);
  p = f32x4.mul(f32x4.mul(p, f), z);
  p = fma(e, f32x4.splat(-2.12194440e-4), p);
  p = fma(z, f32x4.splat(-0.5), p);
  return fma(e, f32x4.splat(0.693359375), f32x4.add(f, p));
}

/** Angle in [-pi/4, pi/4) of a turn given as a 32-bit fraction, after taking off its nearest quadrant. */
// @ts-ignore: decorator
@inline
function turnRemainder(turn: v128): v128 {
  const nearest = v128.and(i32x4.add(turn, i32x4.splat(0x20000000)), i32x4.splat(0xc0000000));
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(turn, nearest)), f32x4.splat(<f32>(6.283185307179586 / 4294967296.0)));
}

/** sin r for |r| <= pi/4. */
// @ts-ignore: decorator
@inline
function sinKernel(r: v128, z: v128): v128 {
  let p = f32x4.splat(-1.9515295891e-4);
  p = horner(p, z, 8.3321608736e-3);
  p = horner(p, z, -1.6666654611e-1);
  return fma(f32x4.mul(p, z), r, r);
}

/** cos r for |r| <= pi/4. */
// @ts-ignore: decorator
@inline
function cosKernel(z: v128): v128 {
  let p = f32x4.splat(2.443315711809948e-5);
  p = horner(p, z, -1.388731625493765e-3);
  p = horner(p, z, 4.166664568298827e-2);
  p = horner(p, z, -0.5);
  return horner(p, z, 1);
}

/** cos(2 pi turn / 2^32). */
// @ts-ignore: decorator
@inline
export function turnCos4(turn: v128): v128 {
  const r = turnRemainder(turn);
  const z = f32x4.mul(r, r);
  const quadrant = i32x4.add(turn, i32x4.splat(0x20000000));
  const odd = i32x4.shr_s(i32x4.shl(quadrant, 1), 31);
  const sign = v128.and(v128.xor(quadrant, i32x4.shl(quadrant, 1)), i32x4.splat(0x80000000));
  return v128.xor(v128.bitselect(sinKernel(r, z), cosKernel(z), odd), sign);
}

/** sin(2 pi turn / 2^32). */
// @ts-ignore: decorator
@inline
export function turnSin4(turn: v128): v128 {
  const r = turnRemainder(turn);
  const z = f32x4.mul(r, r);
  const quadrant = i32x4.add(turn, i32x4.splat(0x20000000));
  const odd = i32x4.shr_s(i32x4.shl(quadrant, 1), 31);
  const sign = v128.and(quadrant, i32x4.splat(0x80000000));
  return v128.xor(v128.bitselect(cosKernel(z), sinKernel(r, z), odd), sign);
}
