/**
 * Elementary functions of four float32 at once, to be inlined. The polynomials are minimax fits (Remez, coefficients
 * rounded to float32 one after the other, the rest refitted). An error is the largest of both builds over all float32
 * where it can be large, in units of the last place (ulp) of the correctly rounded result.
 */
import { constant, fma } from "./simd";

const ONE = memory.data<f32>([1]);
const TWO = memory.data<f32>([2]);
const HALF = memory.data<f32>([0.5]);
const LOG2_E = memory.data<f32>([1.4426950216293335]);
/** -ln 2 in two parts, the first short enough for an exact product. */
const MINUS_LN2_HIGH = memory.data<f32>([-0.693359375]);
const MINUS_LN2_LOW = memory.data<f32>([0.00021219444170128554]);
/** 1.5 * 2^23: added to a float32 below 2^22 it leaves the nearest integer in the low bits. */
export const ROUND = memory.data<f32>([12582912]);

/** Coefficient `index` of a polynomial, the one of the highest power first. */
// @ts-ignore: decorator
@inline
function coefficient(polynomial: usize, index: usize): v128 {
  return constant(polynomial + (index << 2));
}

/** One step of Horner's rule: value * x + coefficient `index`. */
// @ts-ignore: decorator
@inline
function horner(value: v128, x: v128, polynomial: usize, index: usize): v128 {
  return fma(value, x, coefficient(polynomial, index));
}

/** x / ln 2 rounded to an integer, plus ROUND. */
// @ts-ignore: decorator
@inline
function binaryExponent(x: v128): v128 {
  return fma(x, constant(LOG2_E), constant(ROUND));
}

/** (e^r - 1 - r) / r^2. */
const EXPM1 = memory.data<f32>([
  0.0013821468455716968, 0.008368662558495998, 0.041668254882097244, 0.1666652113199234, 0.4999999403953552,
]);

/** e^r - 1 where r = x - n ln 2 is what binaryExponent leaves of x; relative error of the polynomial 2^-28. */
// @ts-ignore: decorator
@inline
function expm1Reduced(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, constant(ROUND));
  const r = fma(n, constant(MINUS_LN2_LOW), fma(n, constant(MINUS_LN2_HIGH), x));
  let p = coefficient(EXPM1, 0);
  p = horner(p, r, EXPM1, 1);
  p = horner(p, r, EXPM1, 2);
  p = horner(p, r, EXPM1, 3);
  p = horner(p, r, EXPM1, 4);
  return fma(f32x4.mul(r, r), p, r);
}

/** 2^n for n in [-126, 127], n given as `binaryExponent` gives it. */
// @ts-ignore: decorator
@inline
function power2(shifted: v128): v128 {
  return i32x4.add(i32x4.shl(shifted, 23), constant(ONE));
}

const EXP_LOWEST = memory.data<f32>([-87]);
const EXP_HIGHEST = memory.data<f32>([88]);
/** Sigmoids are 0 and 1 long before. */
export const SIGMOID_LOWEST = memory.data<f32>([-75]);
export const SIGMOID_HIGHEST = memory.data<f32>([75]);

/** e^x, x clamped to [-87, 88]: for activations, where e^-87 and 0 make no difference. */
// @ts-ignore: decorator
@inline
export function expClamped4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, constant(EXP_HIGHEST)), constant(EXP_LOWEST));
  const shifted = binaryExponent(bounded);
  const significand = f32x4.add(expm1Reduced(bounded, shifted), constant(ONE));
  return i32x4.add(significand, i32x4.shl(shifted, 23));
}

/**
 * For sigmoids, e^-x with x clamped to [-75, 75] is 2^n 2^r, n the integer nearest to -x / ln 2 and 2^r a polynomial:
 * see activateBySigmoid. 1 / (1 + e^-x) then has an absolute error of 2^-24; that of e^-x relative to itself grows with
 * |x|, as the error of the product x / ln 2 does.
 */
export const MINUS_LOG2_E = memory.data<f32>([-1.4426950216293335]);
/** 2^r on [-1/2, 1/2], relative error 2^-23.3, the highest power first. */
export const EXP2 = memory.data<f32>([
  0.0013269535265862942, 0.009671292267739773, 0.0555071085691452, 0.24022246897220612, 0.6931470036506653, 1,
]);

/** e^x for x in [-87, 87], anything elsewhere, by the polynomial of the sigmoids. */
// @ts-ignore: decorator
@inline
export function expUnbounded4(x: v128): v128 {
  const scale = constant(LOG2_E);
  const round = constant(ROUND);
  const shifted = fma(x, scale, round);
  const r = fma(x, scale, f32x4.sub(round, shifted));
  let p = horner(coefficient(EXP2, 0), r, EXP2, 1);
  p = horner(p, r, EXP2, 2);
  p = horner(p, r, EXP2, 3);
  p = horner(p, r, EXP2, 4);
  p = horner(p, r, EXP2, 5);
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** e^x for every float32, gradual underflow included. Error 1.02 ulp. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(90)), f32x4.splat(-105));
  const shifted = binaryExponent(bounded);
  const n = i32x4.sub(shifted, constant(ROUND));
  const half = i32x4.shr_s(n, 1);
  const significand = f32x4.add(expm1Reduced(bounded, shifted), constant(ONE));
  return f32x4.mul(f32x4.mul(significand, power2(half)), power2(i32x4.sub(n, half)));
}

/** tanh x. Error 2.67 ulp. */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const doubled = f32x4.pmin(f32x4.mul(f32x4.abs(x), constant(TWO)), f32x4.splat(20));
  const shifted = binaryExponent(doubled);
  const scale = power2(shifted);
  // e^2|x| - 1 = 2^n (e^r - 1) + (2^n - 1)
  const e = fma(expm1Reduced(doubled, shifted), scale, f32x4.sub(scale, constant(ONE)));
  return v128.or(f32x4.div(e, f32x4.add(e, constant(TWO))), sign);
}

/** erf x / x - 1 in x^2. */
const ERF_SMALL = memory.data<f32>([
  7.920374628156424e-5, -8.03076196461916e-4, 0.005190733820199966, -0.02685512602329254, 0.11283618211746216,
  -0.3761262893676758, 0.12837916612625122,
]);
/** log erfc |x| in |x|. */
const ERF_LARGE = memory.data<f32>([
  1.8558165174908936e-4, -0.002939658472314477, 0.021805446594953537, -0.1030375137925148, -0.6382256150245667,
  -1.1270400285720825, -3.537288575898856e-4,
]);

/** Value of a polynomial with seven coefficients. */
// @ts-ignore: decorator
@inline
function polynomial7(x: v128, polynomial: usize): v128 {
  let p = coefficient(polynomial, 0);
  p = horner(p, x, polynomial, 1);
  p = horner(p, x, polynomial, 2);
  p = horner(p, x, polynomial, 3);
  p = horner(p, x, polynomial, 4);
  p = horner(p, x, polynomial, 5);
  return horner(p, x, polynomial, 6);
}

/** erf x: an odd polynomial below 1, 1 - e^polynomial above. Error 1.33 ulp. */
// @ts-ignore: decorator
@inline
export function erf4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const small = fma(polynomial7(f32x4.mul(x, x), ERF_SMALL), x, x);
  const exponent = polynomial7(f32x4.pmin(f32x4.abs(x), f32x4.splat(4)), ERF_LARGE);
  const large = v128.or(f32x4.sub(constant(ONE), expClamped4(exponent)), sign);
  return v128.bitselect(large, small, f32x4.gt(f32x4.abs(x), constant(ONE)));
}

const ROOT_HALF_BITS = memory.data<i32>([0x3f3504f3]);
const SIGNIFICAND = memory.data<i32>([0x007fffff]);
const LN2_HIGH = memory.data<f32>([0.693359375]);
const LN2_LOW = memory.data<f32>([-0.00021219444170128554]);
/** (2 atanh s - 2 s) / s^3 in s^2. */
const ATANH = memory.data<f32>([0.29870930314064026, 0.39977580308914185, 0.6666677594184875]);

/** Natural logarithm of positive normal x; `exponent` is added to the binary exponent. */
// @ts-ignore: decorator
@inline
function logScaled(x: v128, exponent: v128): v128 {
  // x = 2^e m, m in [sqrt(1/2), sqrt 2): subtracting the bits of sqrt(1/2) lets the exponent field count from there.
  const shifted = i32x4.sub(x, constant(ROOT_HALF_BITS));
  const e = f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_s(shifted, 23), exponent));
  const significand = i32x4.add(v128.and(shifted, constant(SIGNIFICAND)), constant(ROOT_HALF_BITS));
  const f = f32x4.sub(significand, constant(ONE));
  const s = f32x4.div(f, f32x4.add(f, constant(TWO)));
  const z = f32x4.mul(s, s);
  return logarithm(e, f, s, f32x4.mul(z, horner(horner(coefficient(ATANH, 0), z, ATANH, 1), z, ATANH, 2)));
}

/**
 * e log 2 + log(1 + f) = e log 2 + f - f^2/2 + s (f^2/2 + R(s^2)), where s = f / (2 + f), 2 atanh s = 2 s + s R, r =
 * R(s^2).
 */
// @ts-ignore: decorator
@inline
function logarithm(e: v128, f: v128, s: v128, r: v128): v128 {
  const halfSquare = f32x4.mul(f32x4.mul(f, f), constant(HALF));
  const tail = fma(s, f32x4.add(halfSquare, r), f32x4.mul(e, constant(LN2_LOW)));
  return fma(e, constant(LN2_HIGH), f32x4.add(f32x4.sub(tail, halfSquare), f));
}

/**
 * log x of four vectors of positive normal x, 32 bytes apart, in place: logScaled with no exponent to add, step by step
 * for all four, because one alone waits for itself.
 */
// @ts-ignore: decorator
@inline
export function storeLogarithms(at: usize): void {
  let c = constant(ROOT_HALF_BITS);
  const x0 = i32x4.sub(v128.load(at), c);
  const x1 = i32x4.sub(v128.load(at, 32), c);
  const x2 = i32x4.sub(v128.load(at, 64), c);
  const x3 = i32x4.sub(v128.load(at, 96), c);
  let d = constant(SIGNIFICAND);
  const one = constant(ONE);
  const f0 = f32x4.sub(i32x4.add(v128.and(x0, d), c), one);
  const f1 = f32x4.sub(i32x4.add(v128.and(x1, d), c), one);
  const f2 = f32x4.sub(i32x4.add(v128.and(x2, d), c), one);
  const f3 = f32x4.sub(i32x4.add(v128.and(x3, d), c), one);
  c = constant(TWO);
  const s0 = f32x4.div(f0, f32x4.add(f0, c));
  const s1 = f32x4.div(f1, f32x4.add(f1, c));
  const s2 = f32x4.div(f2, f32x4.add(f2, c));
  const s3 = f32x4.div(f3, f32x4.add(f3, c));
  const z0 = f32x4.mul(s0, s0);
  const z1 = f32x4.mul(s1, s1);
  const z2 = f32x4.mul(s2, s2);
  const z3 = f32x4.mul(s3, s3);
  c = coefficient(ATANH, 0);
  d = coefficient(ATANH, 1);
  let r0 = fma(c, z0, d);
  let r1 = fma(c, z1, d);
  let r2 = fma(c, z2, d);
  let r3 = fma(c, z3, d);
  c = coefficient(ATANH, 2);
  r0 = f32x4.mul(z0, fma(r0, z0, c));
  r1 = f32x4.mul(z1, fma(r1, z1, c));
  r2 = f32x4.mul(z2, fma(r2, z2, c));
  r3 = f32x4.mul(z3, fma(r3, z3, c));
  v128.store(at, logarithm(exponentOf(x0), f0, s0, r0));
  v128.store(at, logarithm(exponentOf(x1), f1, s1, r1), 32);
  v128.store(at, logarithm(exponentOf(x2), f2, s2, r2), 64);
  v128.store(at, logarithm(exponentOf(x3), f3, s3, r3), 96);
}

// @ts-ignore: decorator
@inline
function exponentOf(shifted: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
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

/** (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 in r^2. */
const SIN = memory.data<f32>([-1.9518604676704854e-4, 0.008332191035151482, -0.16666655242443085]);
const COS = memory.data<f32>([2.4432327336398885e-5, -0.0013887309469282627, 0.04166664555668831]);
const MINUS_HALF = memory.data<f32>([-0.5]);

/** sin r for |r| <= pi / 4, z = r^2. */
// @ts-ignore: decorator
@inline
function sinReduced(r: v128, z: v128): v128 {
  const p = horner(horner(coefficient(SIN, 0), z, SIN, 1), z, SIN, 2);
  return fma(f32x4.mul(p, z), r, r);
}

/** cos r for |r| <= pi / 4, z = r^2. */
// @ts-ignore: decorator
@inline
function cosReduced(z: v128): v128 {
  const p = horner(horner(coefficient(COS, 0), z, COS, 1), z, COS, 2);
  return fma(f32x4.mul(z, z), p, fma(z, constant(MINUS_HALF), constant(ONE)));
}

/** sin(r + quadrant pi / 2) from sin r and cos r; the quadrant is in bits 0 and 1, higher bits are ignored. */
// @ts-ignore: decorator
@inline
function rotated(sine: v128, cosine: v128, quadrant: v128): v128 {
  const odd = i32x4.shr_s(i32x4.shl(quadrant, 31), 31);
  const sign = i32x4.shl(i32x4.shr_u(quadrant, 1), 31);
  return v128.xor(v128.bitselect(cosine, sine, odd), sign);
}

const EIGHTH_TURN = memory.data<i32>([0x20000000]);
/** 2 pi / 2^32. */
const TURN_UNIT = memory.data<f32>([1.462918079267156e-9]);
const ONE_QUADRANT = memory.data<i32>([1]);

/** A turn, given as a 32-bit fraction, is its nearest quarter turn and an angle in [-pi / 4, pi / 4). */
// @ts-ignore: decorator
@inline
function turnQuadrant(turn: v128): v128 {
  return i32x4.shr_u(i32x4.add(turn, constant(EIGHTH_TURN)), 30);
}

// @ts-ignore: decorator
@inline
function turnRemainder(turn: v128, quadrant: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(turn, i32x4.shl(quadrant, 30))), constant(TURN_UNIT));
}

/**
 * From four radii at `at` and four turns behind them radius cos(2 pi turn / 2^32) and radius sin(2 pi turn / 2^32), in
 * place.
 */
// @ts-ignore: decorator
@inline
export function storeTurn4(at: usize): void {
  const scale = v128.load(at);
  const turn = v128.load(at, 16);
  const quadrant = turnQuadrant(turn);
  const r = turnRemainder(turn, quadrant);
  const z = f32x4.mul(r, r);
  const sine = sinReduced(r, z);
  const cosine = cosReduced(z);
  v128.store(at, f32x4.mul(scale, rotated(sine, cosine, i32x4.add(quadrant, constant(ONE_QUADRANT)))));
  v128.store(at, f32x4.mul(scale, rotated(sine, cosine, quadrant)), 16);
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
  const z = f32x4.mul(r, r);
  return rotated(sinReduced(r, z), cosReduced(z), i32x4.add(quadrant, i32x4.splat(quadrants)));
}
