/**
 * Elementary functions of four float32 at once, to be inlined. The polynomials are minimax fits (Remez, coefficients
 * rounded to float32 one after the other, the rest refitted). An error is the largest of both builds over all float32
 * where it can be large, in units of the last place (ulp) of the correctly rounded result.
 */
import { fma } from "./simd";

// @ts-ignore: decorator
@inline
const LOG2_E: f32 = 1.4426950216293335;
// @ts-ignore: decorator
@inline
const LN2_HIGH: f32 = 0.693359375;
// @ts-ignore: decorator
@inline
const LN2_LOW: f32 = -0.00021219444170128554;
/** 1.5 * 2^23: added to a float32 below 2^22 it leaves the nearest integer in the low bits. */
// @ts-ignore: decorator
@inline
const ROUND: f32 = 12582912;

/** a * b + c with a constant c. */
// @ts-ignore: decorator
@inline
function horner(a: v128, b: v128, c: f32): v128 {
  return fma(a, b, f32x4.splat(c));
}

/** x / ln 2 rounded to an integer, plus ROUND. */
// @ts-ignore: decorator
@inline
function binaryExponent(x: v128): v128 {
  return fma(x, f32x4.splat(LOG2_E), f32x4.splat(ROUND));
}

/** e^r - 1 where r = x - n ln 2 is what binaryExponent leaves of x; relative error of the polynomial 2^-28. */
// @ts-ignore: decorator
@inline
function expm1Reduced(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  const r = fma(n, f32x4.splat(-LN2_LOW), fma(n, f32x4.splat(-LN2_HIGH), x));
  let p = f32x4.splat(0.0013821468455716968);
  p = horner(p, r, 0.008368662558495998);
  p = horner(p, r, 0.041668254882097244);
  p = horner(p, r, 0.1666652113199234);
  p = horner(p, r, 0.4999999403953552);
  return fma(f32x4.mul(r, r), p, r);
}

/** 2^n for n in [-126, 127], n given as `binaryExponent` gives it. */
// @ts-ignore: decorator
@inline
function power2(shifted: v128): v128 {
  return i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
}

/** e^x, x clamped to [-87, 88]: for activations, where e^-87 and 0 make no difference. */
// @ts-ignore: decorator
@inline
export function expClamped4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88)), f32x4.splat(-87));
  const shifted = binaryExponent(bounded);
  const significand = f32x4.add(expm1Reduced(bounded, shifted), f32x4.splat(1));
  return i32x4.add(significand, i32x4.shl(shifted, 23));
}

/** e^x for every float32, gradual underflow included. Error 1.02 ulp. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(90)), f32x4.splat(-105));
  const shifted = binaryExponent(bounded);
  const n = i32x4.sub(shifted, f32x4.splat(ROUND));
  const half = i32x4.shr_s(n, 1);
  const significand = f32x4.add(expm1Reduced(bounded, shifted), f32x4.splat(1));
  return f32x4.mul(f32x4.mul(significand, power2(half)), power2(i32x4.sub(n, half)));
}

/** tanh x. Error 2.67 ulp. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const doubled = f32x4.pmin(f32x4.mul(f32x4.abs(x), f32x4.splat(2)), f32x4.splat(20));
  const shifted = binaryExponent(doubled);
  const scale = power2(shifted);
  // e^2|x| - 1 = 2^n (e^r - 1) + (2^n - 1)
  const e = fma(expm1Reduced(doubled, shifted), scale, f32x4.sub(scale, f32x4.splat(1)));
  return v128.or(f32x4.div(e, f32x4.add(e, f32x4.splat(2))), sign);
}

/** erf x: an odd polynomial below 1, 1 - e^polynomial above. Error 1.33 ulp. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const z = f32x4.mul(x, x);
  let small = f32x4.splat(7.920374628156424e-5);
  small = horner(small, z, -8.03076196461916e-4);
  small = horner(small, z, 0.005190733820199966);
  small = horner(small, z, -0.02685512602329254);
  small = horner(small, z, 0.11283618211746216);
  small = horner(small, z, -0.3761262893676758);
  small = horner(small, z, 0.12837916612625122);
  small = fma(small, x, x);
  const a = f32x4.pmin(f32x4.abs(x), f32x4.splat(4));
  let large = f32x4.splat(1.8558165174908936e-4);
  large = horner(large, a, -0.002939658472314477);
  large = horner(large, a, 0.021805446594953537);
  large = horner(large, a, -0.1030375137925148);
  large = horner(large, a, -0.6382256150245667);
  large = horner(large, a, -1.1270400285720825);
  large = horner(large, a, -3.537288575898856e-4);
  large = v128.or(f32x4.sub(f32x4.splat(1), expClamped4(large)), sign);
  return v128.bitselect(large, small, f32x4.gt(f32x4.abs(x), f32x4.splat(1)));
}

/** Natural logarithm of positive normal x; `exponent` is added to the binary exponent. */
// @ts-ignore: decorator
@inline
function logScaled(x: v128, exponent: v128): v128 {
  // x = 2^e m, m in [sqrt(1/2), sqrt 2): subtracting the bits of sqrt(1/2) lets the exponent field count from there.
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_s(shifted, 23), exponent));
  const f = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3)), f32x4.splat(1));
  // log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f), 2 atanh s = 2 s + s R.
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  const r = f32x4.mul(z, horner(horner(f32x4.splat(0.29870930314064026), z, 0.39977580308914185), z, 0.6666677594184875));
  const halfSquare = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const tail = fma(s, f32x4.add(halfSquare, r), f32x4.mul(e, f32x4.splat(LN2_LOW)));
  return fma(e, f32x4.splat(LN2_HIGH), f32x4.add(f32x4.sub(tail, halfSquare), f));
}

/** log x for positive normal x. */
// @ts-ignore: decorator
@inline
export function logNormal4(x: v128): v128 {
  return logScaled(x, i32x4.splat(0));
}

/** log x for every float32: -Infinity at 0, NaN below. Error 0.84 ulp. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.1754943508222875e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  const finite = logScaled(scaled, v128.and(subnormal, i32x4.splat(-23)));
  const inf = f32x4.splat(Infinity);
  const positive = v128.bitselect(finite, x, v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, inf)));
  const zero = f32x4.eq(x, f32x4.splat(0));
  const negative = f32x4.lt(x, f32x4.splat(0));
  return v128.or(v128.bitselect(f32x4.splat(-Infinity), positive, zero), negative);
}

/** sin r for |r| <= pi / 4, z = r^2. */
// @ts-ignore: decorator
@inline
function sinReduced(r: v128, z: v128): v128 {
  const p = horner(horner(f32x4.splat(-1.9518604676704854e-4), z, 0.008332191035151482), z, -0.16666655242443085);
  return fma(f32x4.mul(p, z), r, r);
}

/** cos r for |r| <= pi / 4, z = r^2. */
// @ts-ignore: decorator
@inline
function cosReduced(z: v128): v128 {
  const p = horner(horner(f32x4.splat(2.4432327336398885e-5), z, -0.0013887309469282627), z, 0.04166664555668831);
  return fma(f32x4.mul(z, z), p, fma(z, f32x4.splat(-0.5), f32x4.splat(1)));
}

/** sin(r + quadrant pi / 2); the quadrant is in bits 0 and 1, higher bits are ignored. */
// @ts-ignore: decorator
@inline
function sinQuadrant(r: v128, quadrant: v128): v128 {
  const z = f32x4.mul(r, r);
  const odd = i32x4.shr_s(i32x4.shl(quadrant, 31), 31);
  const sign = v128.and(i32x4.shl(quadrant, 30), i32x4.splat(0x80000000));
  return v128.xor(v128.bitselect(cosReduced(z), sinReduced(r, z), odd), sign);
}

/** The nearest quarter turn of a turn given as a 32-bit fraction. */
// @ts-ignore: decorator
@inline
function turnQuadrant(turn: v128): v128 {
  return i32x4.shr_u(i32x4.add(turn, i32x4.splat(0x20000000)), 30);
}

/** The angle in [-pi / 4, pi / 4) that turnQuadrant leaves. */
// @ts-ignore: decorator
@inline
function turnRemainder(turn: v128, quadrant: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(turn, i32x4.shl(quadrant, 30))), f32x4.splat(1.462918079267156e-9));
}

/** sin(2 pi turn / 2^32). */
// @ts-ignore: decorator
@inline
export function turnSin4(turn: v128): v128 {
  const quadrant = turnQuadrant(turn);
  return sinQuadrant(turnRemainder(turn, quadrant), quadrant);
}

/** cos(2 pi turn / 2^32). */
// @ts-ignore: decorator
@inline
export function turnCos4(turn: v128): v128 {
  const quadrant = turnQuadrant(turn);
  return sinQuadrant(turnRemainder(turn, quadrant), i32x4.add(quadrant, i32x4.splat(1)));
}

/** 1.5 * 2^52, the float64 counterpart of ROUND. */
// @ts-ignore: decorator
@inline
const ROUND_64: f64 = 6755399441055744;

/** x * 2 / pi rounded to an integer, plus ROUND_64, for two float64. */
// @ts-ignore: decorator
@inline
function quarterTurns(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(0.6366197723675814)), f64x2.splat(ROUND_64));
}

/** x less its quarter turns, for |x| <= 2^20: pi / 2 in two parts, the first short enough for an exact product. */
// @ts-ignore: decorator
@inline
function quarterRemainder(x: v128, shifted: v128): v128 {
  const n = f64x2.sub(shifted, f64x2.splat(ROUND_64));
  const head = f64x2.sub(x, f64x2.mul(n, f64x2.splat(1.5707963267341256)));
  return f32x4.demote_f64x2_zero(f64x2.sub(head, f64x2.mul(n, f64x2.splat(6.077100506506192e-11))));
}

/** sin(x + quadrants pi / 2) for |x| <= 2^20, reduced in float64. Error 1.56 ulp. */
// @ts-ignore: decorator
@inline
export function sinShifted4(x: v128, quadrants: i32): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<u64>(x, x, 1, 1));
  const lowTurns = quarterTurns(low);
  const highTurns = quarterTurns(high);
  const r = v128.shuffle<u64>(quarterRemainder(low, lowTurns), quarterRemainder(high, highTurns), 0, 2);
  const quadrant = v128.shuffle<u32>(lowTurns, highTurns, 0, 2, 4, 6);
  return sinQuadrant(r, i32x4.add(quadrant, i32x4.splat(quadrants)));
}
