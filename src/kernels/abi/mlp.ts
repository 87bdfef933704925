import type { Pointer } from "../arena.js";

/** Codes of the activations in assembly/activation.ts. GELU is the tanh approximation (PyTorch's approximate="tanh"). */
export const activationCode = { silu: 1, relu: 2, gelu: 3, tanh: 4 } as const;

/** Rows of its input that denseWeightGradient packs at once: depthBlock of assembly/multiply.ts. */
export const depthBlock = 512;

/** Dense layers with weights [fanOut, fanIn] packed by packPanels or packPanelsTransposed. Strides are in floats. */
export interface MlpKernels {
  /**
   * output = act(input W^T + bias) (+ joint), derivative = act'(input W^T + bias). `packed` holds W^T
   * (packPanelsTransposed). `stride`, that of output and derivative, is at least fanOut rounded up to 8: columns from
   * fanOut on are overwritten. derivative and joint [batch, fanOut] may be 0.
   */
  denseForward(
    activation: number,
    input: Pointer,
    inputStride: number,
    packed: Pointer,
    bias: Pointer,
    batch: number,
    fanIn: number,
    fanOut: number,
    output: Pointer,
    stride: number,
    derivative: Pointer,
    joint: Pointer,
    jointStride: number,
  ): void;
  /**
   * gradient [batch, fanIn] = delta [batch, fanOut] W, added to what gradient holds where accumulate is 1; then
   * derivative [batch, fanIn] *= gradient. `packed` holds W (packPanels). `stride`, that of gradient and derivative, is at
   * least fanIn rounded up to 8: columns from fanIn on are overwritten.
   */
  denseBackward(
    delta: Pointer,
    deltaStride: number,
    packed: Pointer,
    batch: number,
    fanIn: number,
    fanOut: number,
    accumulate: number,
    gradient: Pointer,
    stride: number,
    derivative: Pointer,
  ): void;
  /**
   * weights [fanOut, fanIn] = the transpose of delta [batch, fanOut] times input [batch, fanIn]. `packed` is scratch for
   * the panels of min(batch, depthBlock) rows of input.
   */
  denseWeightGradient(
    delta: Pointer,
    deltaStride: number,
    input: Pointer,
    inputStride: number,
    packed: Pointer,
    batch: number,
    fanIn: number,
    fanOut: number,
    weights: Pointer,
  ): void;
  /** sums [columns] = column sums of matrix [rows, columns]. */
  columnSums(matrix: Pointer, stride: number, rows: number, columns: number, sums: Pointer): void;
}

export const mlpArity = {
  denseForward: 13,
  denseBackward: 10,
  denseWeightGradient: 9,
  columnSums: 5,
} satisfies Record<keyof MlpKernels, number>;
