/** Activations of hidden layers and what a matrix product does to a finished tile. */
import { exp2First, exp2Term, negatedExponent, negatedRemainder, scaledBy, sigmoidRange, tanh4 } from "./elementary";
import { constant, fma } from "./simd";

/** Codes of what happens to a finished tile; the activations' codes are part of the ABI (src/kernels/abi/mlp.ts). */
export namespace Epilogue {
  // @ts-ignore: decorator
  @inline export const none = 0;
  // @ts-ignore: decorator
  @inline export const silu = 1;
  // @ts-ignore: decorator
  @inline export const relu = 2;
  // @ts-ignore: decorator
  @inline export const gelu = 3;
  // @ts-ignore: decorator
  @inline export const tanh = 4;
  /** derivative *= tile: the backward pass through an activation. */
  // @ts-ignore: decorator
  @inline export const backward = 5;
}

/**
 * Finishes `rows` rows of 8 `panels` columns in place. For an activation: values = act(values) (+ joint), derivative = act'(values),
 * the latter two where their pointers are not 0. `step` is the byte stride of values and derivative.
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
  if (code == Epilogue.backward) return multiplyValues(values, derivative, step, rows, panels);
  // Where no derivative is wanted it goes where the value is stored after it.
  if (!derivative) derivative = values;
  const joined = joint != 0;
  for (; rows; --rows) {
    if (code == Epilogue.silu) activate(Epilogue.silu, values, derivative, panels);
    else if (code == Epilogue.relu) activate(Epilogue.relu, values, derivative, panels);
    else if (code == Epilogue.gelu) activate(Epilogue.gelu, values, derivative, panels);
    else activate(Epilogue.tanh, values, derivative, panels);
    if (joined) addRow(values, joint, panels);
    values += step;
    derivative += step;
    joint += jointStep;
  }
}

function multiplyValues(values: usize, derivative: usize, step: usize, rows: i32, panels: i32): void {
  for (; rows; --rows) {
    const end = <usize>panels * 32;
    for (let at: usize = 0; at < end; at += 32) {
      v128.store(derivative + at, f32x4.mul(v128.load(derivative + at), v128.load(values + at)));
      v128.store(derivative + at, f32x4.mul(v128.load(derivative + at, 16), v128.load(values + at, 16)), 16);
    }
    values += step;
    derivative += step;
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

/** `code` is a constant at every call. */
// @ts-ignore: decorator
@inline
function activate(code: i32, values: usize, derivative: usize, panels: i32): void {
  for (; panels; --panels) {
    if (code == Epilogue.silu || code == Epilogue.gelu) {
      activateBySigmoid(code, values, derivative);
    } else {
      activate4(code, values, derivative);
      activate4(code, values + 16, derivative + 16);
    }
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

/** The argument of the sigmoid: z for SiLU; sqrt(8 / pi) (z + 0.044715 z^3) for GELU, since (1 + tanh(u / 2)) / 2 = sigmoid(u). */
// @ts-ignore: decorator
@inline
function sigmoidArgument(code: i32, z: v128): v128 {
  return code == Epilogue.silu ? z : f32x4.mul(z, fma(f32x4.mul(z, z), constant(GELU_3), constant(GELU_1)));
}

/** z sigmoid(u) and its derivative for 8 columns: two vectors side by side, because one alone waits for itself. */
// @ts-ignore: decorator
@inline
function activateBySigmoid(code: i32, values: usize, derivative: usize): void {
  const x0 = sigmoidArgument(code, v128.load(values));
  const x1 = sigmoidArgument(code, v128.load(values, 16));
  const b0 = sigmoidRange(x0);
  const b1 = sigmoidRange(x1);
  const n0 = negatedExponent(b0);
  const n1 = negatedExponent(b1);
  const r0 = negatedRemainder(b0, n0);
  const r1 = negatedRemainder(b1, n1);
  let p0 = exp2Term(r0, exp2First(), 1);
  let p1 = exp2Term(r1, exp2First(), 1);
  p0 = exp2Term(r0, p0, 2);
  p1 = exp2Term(r1, p1, 2);
  p0 = exp2Term(r0, p0, 3);
  p1 = exp2Term(r1, p1, 3);
  p0 = exp2Term(r0, p0, 4);
  p1 = exp2Term(r1, p1, 4);
  p0 = exp2Term(r0, p0, 5);
  p1 = exp2Term(r1, p1, 5);
  const e0 = scaledBy(p0, n0);
  const e1 = scaledBy(p1, n1);
  const s0 = f32x4.div(constant(ONE), f32x4.add(e0, constant(ONE)));
  const s1 = f32x4.div(constant(ONE), f32x4.add(e1, constant(ONE)));
  storeSigmoid(code, values, derivative, e0, s0);
  storeSigmoid(code, values + 16, derivative + 16, e1, s1);
}

/** From e = e^-u and s = 1 / (1 + e): value z s and slope s + z s e s u'(z). */
// @ts-ignore: decorator
@inline
function storeSigmoid(code: i32, values: usize, derivative: usize, e: v128, s: v128): void {
  const z = v128.load(values);
  const value = f32x4.mul(z, s);
  let share = f32x4.mul(e, s);
  if (code == Epilogue.gelu) share = f32x4.mul(share, fma(f32x4.mul(z, z), constant(GELU_SLOPE), constant(GELU_1)));
  v128.store(derivative, fma(value, share, s));
  v128.store(values, value);
}
