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
 * Finishes a tile of 8 columns in place. For an activation: tile = act(tile) (+ joint), derivative = act'(tile), the
 * latter two where their pointers are not 0. `step` is the byte stride of tile and derivative.
 */
export function applyEpilogue(
  code: i32,
  tile: usize,
  derivative: usize,
  step: usize,
  joint: usize,
  jointStep: usize,
  rows: i32,
): void {
  for (; rows; --rows) {
    for (let half: usize = 0; half < 32; half += 16) {
      const z = v128.load(tile + half);
      if (code == Epilogue.backward) {
        v128.store(derivative + half, f32x4.mul(z, v128.load(derivative + half)));
        continue;
      }
      let value: v128;
      let slope: v128;
      if (code == Epilogue.silu) {
        const s = sigmoid(z);
        value = f32x4.mul(z, s);
        slope = fma(value, f32x4.sub(f32x4.splat(1), s), s);
      } else if (code == Epilogue.relu) {
        value = f32x4.max(z, f32x4.splat(0));
        slope = v128.and(f32x4.gt(z, f32x4.splat(0)), f32x4.splat(1));
      } else if (code == Epilogue.gelu) {
        const square = f32x4.mul(z, z);
        const s = sigmoid(f32x4.mul(z, fma(square, f32x4.splat(0.07135481283), f32x4.splat(1.595769122))));
        value = f32x4.mul(z, s);
        const slopeOfArgument = fma(square, f32x4.splat(0.2140644385), f32x4.splat(1.595769122));
        slope = fma(f32x4.mul(value, f32x4.sub(f32x4.splat(1), s)), slopeOfArgument, s);
      } else {
        value = tanh4(z);
        slope = f32x4.sub(f32x4.splat(1), f32x4.mul(value, value));
      }
      if (derivative) v128.store(derivative + half, slope);
      if (joint) value = f32x4.add(value, v128.load(joint + half));
      v128.store(tile + half, value);
    }
    tile += step;
    derivative += derivative ? step : 0;
    joint += joint ? jointStep : 0;
  }
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), expClamped4(f32x4.neg(x))));
}
