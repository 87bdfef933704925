/**
 * Dense layers of a multilayer perceptron: a matrix product whose epilogue applies the activation (forward) or its
 * derivative (tangent, backward). Weights [fanOut, fanIn] come packed, see assembly/gemm.ts. Strides are in floats.
 */
import { depthBlock, Epilogue } from "../src/kernels/codes";
import { packPanels } from "./gemm";
import { checkMatrix, checkPanels, multiply } from "./multiply";
import { checkRange } from "./simd";

/**
 * output = act(input W^T + bias) (+ joint), derivative = act'(input W^T + bias). activation: an Epilogue. `packed`
 * holds W^T (packPanelsTransposed). `stride`, that of output and derivative, is at least fanOut rounded up to 8:
 * columns from fanOut on are overwritten. derivative and joint [batch, fanOut] may be 0.
 */
export function denseForward(
  activation: i32,
  input: usize,
  inputStride: i32,
  packed: usize,
  bias: usize,
  batch: i32,
  fanIn: i32,
  fanOut: i32,
  output: usize,
  stride: i32,
  derivative: usize,
  joint: usize,
  jointStride: i32,
): void {
  const wide = (fanOut + 7) & ~7;
  checkMatrix(input, inputStride, batch, fanIn);
  checkPanels(packed, fanIn, fanOut);
  checkRange(bias, (<usize>fanOut) << 2);
  checkMatrix(output, stride, batch, wide);
  if (derivative) checkMatrix(derivative, stride, batch, wide);
  if (joint) checkMatrix(joint, jointStride, batch, wide);
  multiply(
    false,
    input,
    inputStride,
    packed,
    <usize>fanIn * 32,
    bias,
    false,
    output,
    stride,
    true,
    batch,
    fanOut,
    fanIn,
    activation,
    derivative,
    joint,
    jointStride,
  );
}

/**
 * Forward mode through a layer: output = derivative (tangent W^T) (+ joint), derivative [batch, fanOut] that of
 * denseForward at the same rows. `packed` holds W^T (packPanelsTransposed). `stride`, that of output and derivative, is
 * at least fanOut rounded up to 8: columns from fanOut on are overwritten. joint [batch, fanOut] may be 0.
 */
export function denseTangent(
  tangent: usize,
  tangentStride: i32,
  packed: usize,
  batch: i32,
  fanIn: i32,
  fanOut: i32,
  output: usize,
  stride: i32,
  derivative: usize,
  joint: usize,
  jointStride: i32,
): void {
  const wide = (fanOut + 7) & ~7;
  checkMatrix(tangent, tangentStride, batch, fanIn);
  checkPanels(packed, fanIn, fanOut);
  checkMatrix(output, stride, batch, wide);
  checkMatrix(derivative, stride, batch, wide);
  if (joint) checkMatrix(joint, jointStride, batch, wide);
  multiply(
    false,
    tangent,
    tangentStride,
    packed,
    <usize>fanIn * 32,
    0,
    false,
    output,
    stride,
    true,
    batch,
    fanOut,
    fanIn,
    Epilogue.tangent,
    derivative,
    joint,
    jointStride,
  );
}

/**
 * Gradient with respect to the layer below: gradient [batch, fanIn] = delta [batch, fanOut] W, added to what gradient
 * holds where `accumulate` is 1; then derivative [batch, fanIn] *= gradient. `stride`, that of gradient and derivative,
 * is at least fanIn rounded up to 8: columns from fanIn on are overwritten. `packed` holds W (packPanels).
 */
export function denseBackward(
  delta: usize,
  deltaStride: i32,
  packed: usize,
  batch: i32,
  fanIn: i32,
  fanOut: i32,
  accumulate: i32,
  gradient: usize,
  stride: i32,
  derivative: usize,
): void {
  const wide = (fanIn + 7) & ~7;
  checkMatrix(delta, deltaStride, batch, fanOut);
  checkPanels(packed, fanOut, fanIn);
  checkMatrix(gradient, stride, batch, wide);
  checkMatrix(derivative, stride, batch, wide);
  multiply(
    false,
    delta,
    deltaStride,
    packed,
    <usize>fanOut * 32,
    0,
    accumulate != 0,
    gradient,
    stride,
    true,
    batch,
    fanIn,
    fanOut,
    Epilogue.backward,
    derivative,
    0,
    0,
  );
}

/**
 * weights [fanOut, fanIn] = the transpose of delta [batch, fanOut] times input [batch, fanIn]. `packed` is scratch for
 * the panels of min(batch, depthBlock) rows of input.
 */
export function denseWeightGradient(
  delta: usize,
  deltaStride: i32,
  input: usize,
  inputStride: i32,
  packed: usize,
  batch: i32,
  fanIn: i32,
  fanOut: i32,
  weights: usize,
): void {
  checkMatrix(delta, deltaStride, batch, fanOut);
  checkMatrix(weights, fanIn, fanOut, fanIn);
  let start = 0;
  do {
    const block = min(depthBlock, batch - start);
    packPanels(input + ((<usize>inputStride * <usize>start) << 2), inputStride, block, fanIn, packed);
    multiply(
      true,
      delta + ((<usize>deltaStride * <usize>start) << 2),
      deltaStride,
      packed,
      <usize>block * 32,
      0,
      start > 0,
      weights,
      fanIn,
      false,
      fanOut,
      fanIn,
      block,
      Epilogue.none,
      0,
      0,
      0,
    );
    start += depthBlock;
  } while (start < batch);
}

/** sums [columns] = column sums of matrix [rows, columns], rows added in ascending order. */
export function columnSums(matrix: usize, stride: i32, rows: i32, columns: i32, sums: usize): void {
  checkMatrix(matrix, stride, rows, columns);
  checkRange(sums, (<usize>columns) << 2);
  const step = (<usize>stride) << 2;
  let column = 0;
  for (; column + 16 <= columns; column += 16) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let from = matrix + ((<usize>column) << 2);
    for (let row = rows; row; --row) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
      from += step;
    }
    const to = sums + ((<usize>column) << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; column < columns; ++column) {
    let sum: f32 = 0;
    let from = matrix + ((<usize>column) << 2);
    for (let row = rows; row; --row) {
      sum += load<f32>(from);
      from += step;
    }
    store<f32>(sums + ((<usize>column) << 2), sum);
  }
}
