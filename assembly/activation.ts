/** Activations of hidden layers and what a matrix product does to a finished tile. */
import { expClamped4, tanh4 } from "./elementary";
import { fma } from "./simd";

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
 * Finishes `rows` rows of 8 columns in place. For an activation: values = act(values) (+ joint), derivative = act'(values),
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
): void {
  if (code == Epilogue.silu) activate(Epilogue.silu, values, derivative, step, joint, jointStep, rows);
  else if (code == Epilogue.relu) activate(Epilogue.relu, values, derivative, step, joint, jointStep, rows);
  else if (code == Epilogue.gelu) activate(Epilogue.gelu, values, derivative, step, joint, jointStep, rows);
  else if (code == Epilogue.tanh) activate(Epilogue.tanh, values, derivative, step, joint, jointStep, rows);
  else if (code == Epilogue.backward) multiplyRows(values, derivative, step, rows);
}

function multiplyRows(values: usize, derivative: usize, step: usize, rows: i32): void {
  for (; rows; --rows) {
    v128.store(derivative, f32x4.mul(v128.load(derivative), v128.load(values)));
    v128.store(derivative, f32x4.mul(v128.load(derivative, 16), v128.load(values, 16)), 16);
    values += step;
    derivative += step;
  }
}

/** `code` is a constant at every call. */
// @ts-ignore: decorator
@inline
function activate(
  code: i32,
  values: usize,
  derivative: usize,
  step: usize,
  joint: usize,
  jointStep: usize,
  rows: i32,
): void {
  for (; rows; --rows) {
    activateHalf(code, values, derivative, joint);
    activateHalf(code, values + 16, derivative ? derivative + 16 : 0, joint ? joint + 16 : 0);
    values += step;
    if (derivative) derivative += step;
    if (joint) joint += jointStep;
  }
}

// @ts-ignore: decorator
@inline
function activateHalf(code: i32, values: usize, derivative: usize, joint: usize): void {
  const z = v128.load(values);
  const one = f32x4.splat(1);
  let value: v128;
  let slope: v128;
  if (code == Epilogue.silu) {
    const e = expClamped4(f32x4.neg(z));
    const s = f32x4.div(one, f32x4.add(one, e));
    value = f32x4.mul(z, s);
    slope = fma(value, f32x4.mul(e, s), s);
  } else if (code == Epilogue.relu) {
    value = f32x4.max(z, f32x4.splat(0));
    slope = v128.and(f32x4.gt(z, f32x4.splat(0)), one);
  } else if (code == Epilogue.gelu) {
    // 0.5 z (1 + tanh(u / 2)) = z sigmoid(u), u = sqrt(8 / pi) (z + 0.044715 z^3).
    const square = f32x4.mul(z, z);
    const u = f32x4.mul(z, fma(square, f32x4.splat(0.07135481627260025), f32x4.splat(1.5957691216057308)));
    const e = expClamped4(f32x4.neg(u));
    const s = f32x4.div(one, f32x4.add(one, e));
    value = f32x4.mul(z, s);
    const slopeOfU = fma(square, f32x4.splat(0.21406444881780073), f32x4.splat(1.5957691216057308));
    slope = fma(f32x4.mul(value, f32x4.mul(e, s)), slopeOfU, s);
  } else {
    value = tanh4(z);
    slope = f32x4.sub(one, f32x4.mul(value, value));
  }
  if (derivative) v128.store(derivative, slope);
  if (joint) value = f32x4.add(value, v128.load(joint));
  v128.store(values, value);
}
