import { erf4, exp4, log4, sinShifted4, tanh4 } from "./elementary";
import { checkRange } from "./simd";

// Kinds of vector function, constant where `map` is inlined.
const enum Map {
  exp,
  log,
  sin,
  cos,
  tanh,
  erf,
}

/** Where the last one to three numbers are computed. */
const tail = memory.data(16, 16);

/** sin(x + quadrants pi / 2), one by one where an argument is too large for the vector reduction. */
// @ts-ignore: decorator
@inline
function sinAny(x: v128, quadrants: i32): v128 {
  const small = f32x4.le(f32x4.abs(x), f32x4.splat(1048576));
  if (v128.all_true<i32>(small)) return sinShifted4(x, quadrants);
  return sinLarge(x, quadrants);
}

function sinLarge(x: v128, quadrants: i32): v128 {
  let result = x;
  result = f32x4.replace_lane(result, 0, sinScalar(f32x4.extract_lane(x, 0), quadrants));
  result = f32x4.replace_lane(result, 1, sinScalar(f32x4.extract_lane(x, 1), quadrants));
  result = f32x4.replace_lane(result, 2, sinScalar(f32x4.extract_lane(x, 2), quadrants));
  return f32x4.replace_lane(result, 3, sinScalar(f32x4.extract_lane(x, 3), quadrants));
}

function sinScalar(x: f32, quadrants: i32): f32 {
  return <f32>(quadrants == 0 ? NativeMath.sin(<f64>x) : NativeMath.cos(<f64>x));
}

// @ts-ignore: decorator
@inline
function evaluate(kind: Map, x: v128): v128 {
  if (kind == Map.exp) return exp4(x);
  if (kind == Map.log) return log4(x);
  if (kind == Map.sin) return sinAny(x, 0);
  if (kind == Map.cos) return sinAny(x, 1);
  if (kind == Map.tanh) return tanh4(x);
  return erf4(x);
}

/** out[i] = f(x[i]) for i < n; out may be x. */
// @ts-ignore: decorator
@inline
function map(kind: Map, x: usize, out: usize, n: i32): void {
  checkRange(x, (<usize>n) << 2);
  checkRange(out, (<usize>n) << 2);
  while (n > 0) {
    const rest = n < 4;
    if (rest) memory.copy(tail, x, (<usize>n) << 2);
    const value = evaluate(kind, v128.load(rest ? tail : x));
    v128.store(rest ? tail : out, value);
    if (rest) memory.copy(out, tail, (<usize>n) << 2);
    x += 16;
    out += 16;
    n -= 4;
  }
}

export function vecExp(x: usize, out: usize, n: i32): void {
  map(Map.exp, x, out, n);
}

export function vecLog(x: usize, out: usize, n: i32): void {
  map(Map.log, x, out, n);
}

export function vecSin(x: usize, out: usize, n: i32): void {
  map(Map.sin, x, out, n);
}

export function vecCos(x: usize, out: usize, n: i32): void {
  map(Map.cos, x, out, n);
}

export function vecTanh(x: usize, out: usize, n: i32): void {
  map(Map.tanh, x, out, n);
}

export function vecErf(x: usize, out: usize, n: i32): void {
  map(Map.erf, x, out, n);
}

// Scalar float64 in software: the same bits in every JavaScript engine and in both builds.

export function mathExp(x: f64): f64 {
  return NativeMath.exp(x);
}

export function mathLog(x: f64): f64 {
  return NativeMath.log(x);
}

export function mathSin(x: f64): f64 {
  return NativeMath.sin(x);
}

export function mathCos(x: f64): f64 {
  return NativeMath.cos(x);
}

export function mathExpm1(x: f64): f64 {
  return NativeMath.expm1(x);
}

export function mathLog1p(x: f64): f64 {
  return NativeMath.log1p(x);
}

export function mathPow(base: f64, exponent: f64): f64 {
  return NativeMath.pow(base, exponent);
}

/** erf x / x - 1 as a polynomial in x^2 on [0, 1]. */
const erfSmall = memory.data<f64>([
  -4.2320376764874594e-12, 8.709755232851789e-11, -1.2164764337224506e-9, 1.479243542696247e-8, -1.6364645854816389e-7,
  1.6462045711013026e-6, -1.4925647581008593e-5, 1.2055332903350668e-4, -8.548327021945428e-4, 0.005223977625423455,
  -0.026866170645129854, 0.1128379167095512, -0.37612638903183754, 0.1283791670955126,
]);

/** Chebyshev coefficients, last first, of (1 + 2 x) e^(x^2) erfc(x) in t = (x - 4) / (x + 4). */
const erfcxChebyshev = memory.data<f64>([
  -8.193566913927649e-18, -3.170489517369154e-17, 2.220093045585807e-16, 7.504598547027564e-16, -6.668675115507341e-15,
  -1.471657502444135e-14, 2.1454508286722927e-13, 9.167958364178406e-14, -6.901108320481209e-12, 1.4088717642086696e-11,
  1.909835517245645e-10, -1.1717889351884988e-9, -2.105786951380953e-9, 5.576570939570356e-8, -2.4261399442449534e-7,
  -7.158364623450346e-7, 1.7183861600300937e-5, -1.369696503010054e-4, 7.456494372536184e-4, -0.003136927294554264,
  0.01059566336347286, -0.02875393558027666, 0.06009212804122225, -0.081265123236185, -0.007260796620301901,
  1.1774832005374487,
]);

/** e^(x^2) erfc(x) for x >= 0: what is left of erfc when its underflow is divided out. */
export function mathErfcx(x: f64): f64 {
  const t2 = (2 * (x - 4)) / (x + 4);
  let b0: f64 = 0;
  let b1: f64 = 0;
  for (let i: usize = 0; i < 25; i++) {
    const b2 = b1;
    b1 = b0;
    b0 = t2 * b1 - b2 + load<f64>(erfcxChebyshev + (i << 3));
  }
  return (0.5 * t2 * b0 - b1 + load<f64>(erfcxChebyshev, 200)) / (1 + 2 * x);
}

export function mathErf(x: f64): f64 {
  const a = Math.abs(x);
  if (a >= 1) {
    const tailMass = a > 6 ? 0 : NativeMath.exp(-a * a) * mathErfcx(a);
    return Math.sign(x) * (1 - tailMass);
  }
  const z = x * x;
  let p: f64 = 0;
  for (let i: usize = 0; i < 14; i++) p = p * z + load<f64>(erfSmall + (i << 3));
  return x + x * p;
}
