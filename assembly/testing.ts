/**
 * The entry of the builds that only tests run: functions that the kernels inline, over arrays, so that their errors can
 * be measured and published test vectors compared.
 */
import { erf4, exp4, log4, sinShifted4, tanh4 } from "./elementary";
import { philox32 } from "./philox";
import { checkRange } from "./simd";

export { heapBase } from "./memory";

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

/** Sixteen blocks of the cipher, of which the first is wanted. */
const blocks = memory.data(128, 16);

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

/** The four words of one block at out, for any counter and key: what the published test vectors are about. */
export function philoxBlock(out: usize, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  checkRange(out, 16);
  philox32(
    blocks,
    i32x4.splat(c0),
    i32x4.splat(c1),
    i32x4.splat(c2),
    i32x4.splat(c3),
    i32x4.splat(k0),
    i32x4.splat(k1),
  );
  for (let word: usize = 0; word < 4; word++) store<u32>(out + (word << 2), load<u32>(blocks + (word << 4)));
}
