import { atFloat32, type Epilogue, type Kernels, nullPointer, type Pointer } from "../kernels/index.js";
import type { Passage, Product } from "./film.js";
import type { Layer } from "./mlp-memory.js";

/** How a batch enters the first layer: whole rows of inputs, or points alone with the noise features in the bias. */
export interface Entrance {
  readonly fanIn: number;
  readonly panels: Pointer;
  readonly bias: Pointer;
  /** Of a modulated network: a row for each row of the batch, float32 [batch, conditionWidth], or nullPointer, and each row's place among those that are set. */
  readonly conditions: Pointer;
  readonly index: Pointer;
}

/** Forward mode beside a forward pass, float32 [batch, dimension] each: products = J tangents. */
export interface ForwardMode {
  readonly tangents: Pointer;
  readonly products: Pointer;
}

/** Where a backward pass starts, and what its forward pass started from. */
export interface BackwardEnds {
  readonly input: Pointer;
  readonly batch: number;
  readonly outputGradient: Pointer;
  readonly conditions: Pointer;
}

/** That of the rows from `row` on. */
export function entranceFrom(entrance: Entrance, row: number, conditionWidth: number): Entrance {
  const { conditions, index } = entrance;
  return {
    ...entrance,
    conditions: conditions === nullPointer ? conditions : atFloat32(conditions, row * conditionWidth),
    index: index === nullPointer ? index : atFloat32(index, row),
  };
}

/** A hidden layer without modulation: output = act(source W^T + bias) (+ joint), and its derivative. */
export function passDense(kernels: Kernels, activation: Epilogue, product: Product, to: Passage): void {
  const { source, sourceStride, panels, bias, fanIn, fanOut, stride } = product;
  const { rows, output, derivative, joint, jointStride } = to;
  kernels.denseForward(
    activation,
    source,
    sourceStride,
    panels,
    bias,
    rows,
    fanIn,
    fanOut,
    output,
    stride,
    derivative,
    joint,
    jointStride,
  );
}

/** The tangent `source` through the same layer. */
export function passDenseTangent(kernels: Kernels, product: Product, to: Passage): void {
  const { source, sourceStride, panels, fanIn, fanOut, stride } = product;
  const { rows, output, derivative, joint, jointStride } = to;
  kernels.denseTangent(
    source,
    sourceStride,
    panels,
    rows,
    fanIn,
    fanOut,
    output,
    stride,
    derivative,
    joint,
    jointStride,
  );
}

/** Panels of a layer's weights, through which a gradient is passed down. */
export function packBackward(
  kernels: Kernels,
  parameters: Pointer,
  { fanIn, fanOut, weightOffset }: Pick<Layer, "fanIn" | "fanOut" | "weightOffset">,
  panels: Pointer,
): void {
  kernels.packPanels(atFloat32(parameters, weightOffset), fanIn, fanOut, fanIn, panels);
}
