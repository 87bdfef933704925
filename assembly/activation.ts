/** Activations of hidden layers and what a matrix product does to a finished tile. */
import { Epilogue } from "../src/kernels/codes";
import { EXP2, MINUS_LOG2_E, ROUND, SIGMOID_HIGHEST, SIGMOID_LOWEST, tanh4 } from "./elementary";
import { constant, fma, zeroWhere } from "./simd";

/**
 * Finishes `rows` rows of 8 `panels` columns in place. For an activation: values = act(values) (+ joint), derivative =
 * act'(values), the latter two where their pointers are not 0. For a tangent: values = derivative values (+ joint).
 * `step` is the byte stride of values and derivative.
 */
export function applyEpilogue(
  code: i32,
  values: usize,
  derivative: usize,
  step: usize,
  joint: usize,
  jointStep: usize,
  rows: i32,
  panels: i32,
): void {
  if (code == Epilogue.backward) return multiplyValues(values, derivative, derivative, step, rows, panels);
  if (code == Epilogue.tangent) {
    multiplyValues(values, derivative, values, step, rows, panels);
    if (joint) addRows(values, step, joint, jointStep, rows, panels);
    return;
  }
  const joined = joint != 0;
  const sloped = derivative != 0;
  // The others store it where the value is stored after it.
  if (!derivative) derivative = values;
  for (; rows; --rows) {
    if (code == Epilogue.silu) {
      if (sloped) activate(Epilogue.silu, true, values, derivative, panels);
      else activate(Epilogue.silu, false, values, derivative, panels);
    } else if (code == Epilogue.relu) activate(Epilogue.relu, true, values, derivative, panels);
    else if (code == Epilogue.gelu) activate(Epilogue.gelu, true, values, derivative, panels);
    else activate(Epilogue.tanh, true, values, derivative, panels);
    if (joined) addRow(values, joint, panels);
    values += step;
    derivative += step;
    joint += jointStep;
  }
}

/**
 * 1 / 2^-65 and 2^-63: sigmoids and gradients below count as tiny. What the next products multiply is then 0 or at
 * least 2^-63 in size, and the product of two is 0 or at least 2^-126, the smallest that is not denormal.
 */
const SIGMOID_TINY = memory.data<f32>([3.6893488147419103e19]);
const TINY = memory.data<f32>([1.0842021724855044e-19]);

/** product = derivative values; `product` is one of the two. */
function multiplyValues(values: usize, derivative: usize, product: usize, step: usize, rows: i32, panels: i32): void {
  const tiny = constant(TINY);
  for (; rows; --rows) {
    const end = <usize>panels * 32;
    for (let at: usize = 0; at < end; at += 32) {
      const a = f32x4.mul(v128.load(derivative + at), v128.load(values + at));
      const b = f32x4.mul(v128.load(derivative + at, 16), v128.load(values + at, 16));
      v128.store(product + at, zeroWhere(f32x4.lt(f32x4.abs(a), tiny), a));
      v128.store(product + at, zeroWhere(f32x4.lt(f32x4.abs(b), tiny), b), 16);
    }
    values += step;
    derivative += step;
    product += step;
  }
}

function addRows(values: usize, step: usize, joint: usize, jointStep: usize, rows: i32, panels: i32): void {
  for (; rows; --rows) {
    addRow(values, joint, panels);
    values += step;
    joint += jointStep;
  }
}

function addRow(values: usize, joint: usize, panels: i32): void {
  const end = values + <usize>panels * 32;
  for (; values < end; values += 16) {
    v128.store(values, f32x4.add(v128.load(values), v128.load(joint)));
    joint += 16;
  }
}

const ZERO = memory.data<f32>([0]);
const ONE = memory.data<f32>([1]);
/** sqrt(8 / pi), 0.044715 of it, and three times that. */
const GELU_1 = memory.data<f32>([1.5957691216057308]);
const GELU_3 = memory.data<f32>([0.07135481627260025]);
const GELU_SLOPE = memory.data<f32>([0.21406444881780073]);

/** `code` and `sloped` are constants at every call; `sloped` says whether the derivative is wanted. */
// @ts-ignore: decorator
@inline
function activate(code: i32, sloped: bool, values: usize, derivative: usize, panels: i32): void {
  if (code == Epilogue.silu || code == Epilogue.gelu) {
    for (; panels >= 2; panels -= 2) {
      activateBySigmoid(code, sloped, 4, values, derivative);
      values += 64;
      derivative += 64;
    }
    if (panels) activateBySigmoid(code, sloped, 2, values, derivative);
    return;
  }
  for (; panels; --panels) {
    activate4(code, values, derivative);
    activate4(code, values + 16, derivative + 16);
    values += 32;
    derivative += 32;
  }
}

// @ts-ignore: decorator
@inline
function activate4(code: i32, values: usize, derivative: usize): void {
  const z = v128.load(values);
  let value: v128;
  let slope: v128;
  if (code == Epilogue.relu) {
    value = f32x4.max(z, constant(ZERO));
    slope = v128.and(f32x4.gt(z, constant(ZERO)), constant(ONE));
  } else {
    value = tanh4(z);
    slope = f32x4.sub(constant(ONE), f32x4.mul(value, value));
  }
  v128.store(derivative, slope);
  v128.store(values, value);
}

/**
 * The argument of the sigmoid: z for SiLU; sqrt(8 / pi) (z + 0.044715 z^3) for GELU, since (1 + tanh(u / 2)) / 2 =
 * sigmoid(u).
 */
// @ts-ignore: decorator
@inline
function sigmoidArgument(code: i32, z: v128): v128 {
  return code == Epilogue.silu ? z : f32x4.mul(z, fma(f32x4.mul(z, z), constant(GELU_3), constant(GELU_1)));
}

/**
 * z sigmoid(u) and its derivative for `count` = 4 or 2 vectors of 4 columns side by side: one alone waits for itself,
 * and each constant is loaded once for all. `code`, `sloped` and `count` are constants at every call.
 */
// @ts-ignore: decorator
@inline
function activateBySigmoid(code: i32, sloped: bool, count: i32, values: usize, derivative: usize): void {
  const one = constant(ONE);
  const x0 = sigmoidArgument(code, v128.load(values));
  const x1 = sigmoidArgument(code, v128.load(values, 16));
  const x2 = count > 2 ? sigmoidArgument(code, v128.load(values, 32)) : one;
  const x3 = count > 2 ? sigmoidArgument(code, v128.load(values, 48)) : one;
  const low = constant(SIGMOID_LOWEST);
  const high = constant(SIGMOID_HIGHEST);
  const b0 = f32x4.pmax(f32x4.pmin(x0, high), low);
  const b1 = f32x4.pmax(f32x4.pmin(x1, high), low);
  const b2 = count > 2 ? f32x4.pmax(f32x4.pmin(x2, high), low) : one;
  const b3 = count > 2 ? f32x4.pmax(f32x4.pmin(x3, high), low) : one;
  const scale = constant(MINUS_LOG2_E);
  const round = constant(ROUND);
  const n0 = fma(b0, scale, round);
  const n1 = fma(b1, scale, round);
  const n2 = count > 2 ? fma(b2, scale, round) : one;
  const n3 = count > 2 ? fma(b3, scale, round) : one;
  const r0 = fma(b0, scale, f32x4.sub(round, n0));
  const r1 = fma(b1, scale, f32x4.sub(round, n1));
  const r2 = count > 2 ? fma(b2, scale, f32x4.sub(round, n2)) : one;
  const r3 = count > 2 ? fma(b3, scale, f32x4.sub(round, n3)) : one;
  let c = constant(EXP2);
  let d = constant(EXP2 + 4);
  let p0 = fma(c, r0, d);
  let p1 = fma(c, r1, d);
  let p2 = count > 2 ? fma(c, r2, d) : one;
  let p3 = count > 2 ? fma(c, r3, d) : one;
  c = constant(EXP2 + 8);
  p0 = fma(p0, r0, c);
  p1 = fma(p1, r1, c);
  if (count > 2) p2 = fma(p2, r2, c);
  if (count > 2) p3 = fma(p3, r3, c);
  c = constant(EXP2 + 12);
  p0 = fma(p0, r0, c);
  p1 = fma(p1, r1, c);
  if (count > 2) p2 = fma(p2, r2, c);
  if (count > 2) p3 = fma(p3, r3, c);
  c = constant(EXP2 + 16);
  p0 = fma(p0, r0, c);
  p1 = fma(p1, r1, c);
  if (count > 2) p2 = fma(p2, r2, c);
  if (count > 2) p3 = fma(p3, r3, c);
  c = constant(EXP2 + 20);
  p0 = fma(p0, r0, c);
  p1 = fma(p1, r1, c);
  if (count > 2) p2 = fma(p2, r2, c);
  if (count > 2) p3 = fma(p3, r3, c);
  const e0 = i32x4.add(p0, i32x4.shl(n0, 23));
  const e1 = i32x4.add(p1, i32x4.shl(n1, 23));
  const e2 = count > 2 ? i32x4.add(p2, i32x4.shl(n2, 23)) : one;
  const e3 = count > 2 ? i32x4.add(p3, i32x4.shl(n3, 23)) : one;
  const tiny = constant(SIGMOID_TINY);
  const s0 = zeroWhere(f32x4.gt(e0, tiny), f32x4.div(one, f32x4.add(e0, one)));
  const s1 = zeroWhere(f32x4.gt(e1, tiny), f32x4.div(one, f32x4.add(e1, one)));
  const s2 = count > 2 ? zeroWhere(f32x4.gt(e2, tiny), f32x4.div(one, f32x4.add(e2, one))) : one;
  const s3 = count > 2 ? zeroWhere(f32x4.gt(e3, tiny), f32x4.div(one, f32x4.add(e3, one))) : one;
  storeSigmoid(code, sloped, values, derivative, e0, s0);
  storeSigmoid(code, sloped, values + 16, derivative + 16, e1, s1);
  if (count > 2) storeSigmoid(code, sloped, values + 32, derivative + 32, e2, s2);
  if (count > 2) storeSigmoid(code, sloped, values + 48, derivative + 48, e3, s3);
}

/** From e = e^-u and s = 1 / (1 + e): value z s and slope s + z s e s u'(z). */
// @ts-ignore: decorator
@inline
function storeSigmoid(code: i32, sloped: bool, values: usize, derivative: usize, e: v128, s: v128): void {
  const z = v128.load(values);
  const value = f32x4.mul(z, s);
  if (sloped) {
    let share = f32x4.mul(e, s);
    if (code == Epilogue.gelu) share = f32x4.mul(share, fma(f32x4.mul(z, z), constant(GELU_SLOPE), constant(GELU_1)));
    v128.store(derivative, fma(value, share, s));
  }
  v128.store(values, value);
}
