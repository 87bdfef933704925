/** Activations of hidden layers and what a matrix product does to a finished tile. */
import { expNegated4, tanh4 } from "./elementary";
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
  if (code == Epilogue.silu) {
    const e = expNegated4(z);
    const s = f32x4.div(constant(ONE), f32x4.add(e, constant(ONE)));
    value = f32x4.mul(z, s);
    slope = fma(value, f32x4.mul(e, s), s);
  } else if (code == Epilogue.relu) {
    value = f32x4.max(z, constant(ZERO));
    slope = v128.and(f32x4.gt(z, constant(ZERO)), constant(ONE));
  } else if (code == Epilogue.gelu) {
    // 0.5 z (1 + tanh(u / 2)) = z sigmoid(u), u = sqrt(8 / pi) (z + 0.044715 z^3).
    const square = f32x4.mul(z, z);
    const e = expNegated4(f32x4.mul(z, fma(square, constant(GELU_3), constant(GELU_1))));
    const s = f32x4.div(constant(ONE), f32x4.add(e, constant(ONE)));
    value = f32x4.mul(z, s);
    const slopeOfU = fma(square, constant(GELU_SLOPE), constant(GELU_1));
    slope = fma(f32x4.mul(value, f32x4.mul(e, s)), slopeOfU, s);
  } else {
    value = tanh4(z);
    slope = f32x4.sub(constant(ONE), f32x4.mul(value, value));
  }
  v128.store(derivative, slope);
  v128.store(values, value);
}
