import {
  depthBlock,
  type Engine,
  type Float32Block,
  nullPointer,
  type Pointer,
  packedLength,
} from "../kernels/index.js";
import { joinedLayers, layoutOf, type NetworkSpec } from "./spec.js";

/** Bytes of hidden activations that an inference session keeps in the second-level cache. */
const tileBytes = 262144;

/** Of one call of a session: beyond it not even a column of them fits into the memory of an engine. */
export const mostRows = 2 ** 30;

/** One dense layer and where its tensors lie in wasm memory. */
export interface Layer {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weightOffset: number;
  readonly biasOffset: number;
  /** W^T in panels, for the forward pass. */
  readonly forwardPanels: Pointer;
  /** Hidden layers only, else nullPointer: activations [rows, stride] and, for training, their derivatives. */
  readonly output: Pointer;
  readonly derivative: Pointer;
  /** Row stride in floats of output and derivative. */
  readonly stride: number;
  /** Adds its input to its output. */
  readonly joined: boolean;
}

/** What a tile of rows needs for it: derivatives of the activations of one layer, tangents of two, [rows, widest stride]. */
export interface TangentMemory {
  readonly derivative: Pointer;
  readonly layers: readonly [Pointer, Pointer];
}

/** Inference at one noise level: W [x, f] + b = W_x x + (W_f f + b), whose second part is the same for all rows. */
export interface LevelMemory {
  /** W_x^T and W_f^T in panels. */
  readonly pointPanels: Pointer;
  readonly featurePanels: Pointer;
  /** W_f f + b of the level that is set. */
  readonly bias: Pointer;
}

/** What backward needs. */
export interface TrainingMemory {
  readonly gradient: Float32Block;
  /** Gradient with respect to a hidden layer's output, [maxBatch, widest stride]. */
  readonly cotangent: Pointer;
  /** Panels of one layer after the other: those of W, through which a gradient is passed down, then those of its input. */
  readonly panels: Pointer;
}

export function allocateTraining({ arena }: Engine, spec: NetworkSpec, maxBatch: number): TrainingMemory {
  const { size, units, widths } = layoutOf(spec);
  const inputs = packedLength(Math.min(maxBatch, depthBlock), Math.max(...units));
  const weights = widths.slice(2).map((fanOut, index) => packedLength(fanOut, widths[index + 1]));
  return {
    gradient: arena.floats(size),
    cotangent: arena.floats(maxBatch * Math.max(0, ...spec.hidden.map(paddedStride))).pointer,
    panels: arena.floats(Math.max(inputs, ...weights)).pointer,
  };
}

export function allocateLevel(
  { arena }: Engine,
  { dimension, noiseFeatures }: NetworkSpec,
  fanOut: number,
): LevelMemory {
  return {
    pointPanels: arena.floats(packedLength(dimension, fanOut)).pointer,
    featurePanels: arena.floats(packedLength(noiseFeatures, fanOut)).pointer,
    bias: arena.floats(fanOut).pointer,
  };
}

export function allocateTangents({ arena }: Engine, { hidden }: NetworkSpec, rows: number): TangentMemory {
  const layer = () => arena.floats(rows * Math.max(0, ...hidden.map(paddedStride))).pointer;
  return { derivative: layer(), layers: [layer(), layer()] };
}

export function allocateLayers(engine: Engine, spec: NetworkSpec, rows: number, training: boolean): Layer[] {
  const { entries, widths } = layoutOf(spec);
  const joined = joinedLayers(spec);
  const { arena } = engine;
  const strides = spec.hidden.map(paddedStride);
  const widestStride = Math.max(0, ...strides);
  const shared = training ? [] : strides.slice(0, 2).map(() => arena.floats(rows * widestStride).pointer);
  return widths.slice(0, -1).map((fanIn, index) => {
    const fanOut = widths[index + 1] as number;
    const stride = strides[index] ?? 0;
    const hidden = index < strides.length;
    const own = () => (hidden ? arena.floats(rows * stride).pointer : nullPointer);
    return {
      fanIn,
      fanOut,
      weightOffset: (entries[2 * index] as { offset: number }).offset,
      biasOffset: (entries[2 * index + 1] as { offset: number }).offset,
      forwardPanels: arena.floats(packedLength(fanIn, fanOut)).pointer,
      output: training ? own() : hidden ? shared[index % 2] : nullPointer,
      derivative: training ? own() : nullPointer,
      stride,
      joined: joined[index] ?? false,
    };
  });
}

/** Multiply-adds x 2; backward needs no gradient of the input. */
export interface PassFlops {
  readonly forward: number;
  readonly backward: number;
}

/** Of one row, with those of its modulations. */
export function flopsOf(layers: readonly Layer[], modulations: PassFlops = { forward: 0, backward: 0 }): PassFlops {
  const products = layers.map(({ fanIn, fanOut }) => 2 * fanIn * fanOut);
  const forward = products.reduce((sum, product) => sum + product, 0);
  return {
    forward: forward + modulations.forward,
    backward: 2 * forward - products[0] + modulations.backward,
  };
}

/** Width rounded up to whole panels, and off multiples of 512 bytes, whose rows would share few cache sets. */
export function paddedStride(width: number): number {
  const stride = Math.ceil(width / 8) * 8;
  return stride % 128 === 0 ? stride + 16 : stride;
}

/** Rows whose two layers of activations fill tileBytes; a multiple of the register tiles' 4 and 6 rows, at least 48. */
export function inferenceRows(hidden: readonly number[]): number {
  const rows = tileBytes / (8 * Math.max(1, ...hidden.map(paddedStride)));
  return Math.max(48, Math.floor(rows / 12) * 12);
}
