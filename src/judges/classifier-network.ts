import {
  atFloat32,
  depthBlock,
  type Engine,
  Epilogue,
  type Float32Block,
  nullPointer,
  type Pointer,
  packedLength,
} from "../kernels/index.js";

/** A dense layer and where its tensors begin in the flat parameter vector: weight [fanOut, fanIn], then bias [fanOut]. */
export interface DenseLayer {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weights: number;
  readonly bias: number;
}

/** The layers of a network with these widths, input first and logits last, and how many parameters they have. */
export function denseLayers(widths: readonly number[]): {
  readonly layers: readonly DenseLayer[];
  readonly size: number;
} {
  let size = 0;
  const layers = widths.slice(1).map((fanOut, index) => {
    const fanIn = widths[index];
    const weights = size;
    size += (fanIn + 1) * fanOut;
    return { fanIn, fanOut, weights, bias: weights + fanIn * fanOut };
  });
  return { layers, size };
}

/** A layer in the memory of an engine. */
interface OpenLayer extends DenseLayer {
  /** W^T and W in panels. */
  readonly forwardPanels: Pointer;
  readonly backwardPanels: Pointer;
  /** Outputs and the activation's derivatives, [maxBatch, stride]. */
  readonly output: Pointer;
  readonly derivative: Pointer;
  readonly stride: number;
}

/** Activations of the last hidden layer, or logits: float32 [batch, width] in rows of `stride` numbers. */
export interface LayerOutput {
  readonly pointer: Pointer;
  readonly width: number;
  readonly stride: number;
}

/**
 * A classifier's network in the memory of one engine: hidden layers silu(W x + b) and linear logits, by the kernels of the score networks.
 * All memory is allocated in the current arena scope.
 */
export class ClassifierNetwork {
  /** float32 [size]. Call pack() after changing it. */
  readonly parameters: Float32Block;
  /** float32 [size], written by backward. */
  readonly gradient: Float32Block;
  readonly #engine: Engine;
  readonly #layers: readonly OpenLayer[];
  readonly #cotangent: Pointer;
  readonly #panels: Pointer;

  constructor(engine: Engine, widths: readonly number[], maxBatch: number) {
    const { arena } = engine;
    const { layers, size } = denseLayers(widths);
    this.#engine = engine;
    this.parameters = arena.floats(size);
    this.gradient = arena.floats(size);
    const strides = layers.map(({ fanOut }) => Math.ceil(fanOut / 8) * 8);
    this.#layers = layers.map((layer, index) => ({
      ...layer,
      forwardPanels: arena.floats(packedLength(layer.fanIn, layer.fanOut)).pointer,
      backwardPanels: arena.floats(packedLength(layer.fanOut, layer.fanIn)).pointer,
      output: arena.floats(maxBatch * strides[index]).pointer,
      derivative: arena.floats(maxBatch * strides[index]).pointer,
      stride: strides[index],
    }));
    this.#cotangent = arena.floats(maxBatch * Math.max(...strides)).pointer;
    this.#panels = arena.floats(packedLength(Math.min(maxBatch, depthBlock), Math.max(...widths))).pointer;
  }

  /** Activations of the last hidden layer after forward. */
  get features(): LayerOutput {
    return outputOf(this.#layers[this.#layers.length - 2]);
  }

  /** Logits after forward; backward takes their gradient from the same place. */
  get logits(): LayerOutput {
    return outputOf(this.#layers[this.#layers.length - 1]);
  }

  /** Packs the weights for the next calls of forward and backward. */
  pack(): void {
    const { kernels } = this.#engine;
    for (const { fanIn, fanOut, weights, forwardPanels, backwardPanels } of this.#layers) {
      const matrix = atFloat32(this.parameters.pointer, weights);
      kernels.packPanelsTransposed(matrix, fanIn, fanIn, fanOut, forwardPanels);
      kernels.packPanels(matrix, fanIn, fanOut, fanIn, backwardPanels);
    }
  }

  /** input float32 [batch, width of the input] -> features and logits. */
  forward(input: Pointer, batch: number): void {
    const { kernels } = this.#engine;
    let [source, sourceStride] = [input, this.#layers[0].fanIn];
    this.#layers.forEach((layer, index) => {
      kernels.denseForward(
        index === this.#layers.length - 1 ? Epilogue.none : Epilogue.silu,
        source,
        sourceStride,
        layer.forwardPanels,
        atFloat32(this.parameters.pointer, layer.bias),
        batch,
        layer.fanIn,
        layer.fanOut,
        layer.output,
        layer.stride,
        index === this.#layers.length - 1 ? nullPointer : layer.derivative,
        nullPointer,
        0,
      );
      [source, sourceStride] = [layer.output, layer.stride];
    });
  }

  /** Overwrites gradient with that of a scalar whose gradient in the logits stands in their place; after forward on the same input. */
  backward(input: Pointer, batch: number): void {
    const { kernels } = this.#engine;
    const { pointer } = this.gradient;
    let { pointer: delta, stride: deltaStride } = this.logits;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const { fanIn, fanOut, weights, bias, backwardPanels } = this.#layers[index];
      const below = index > 0 ? this.#layers[index - 1] : undefined;
      const [source, sourceStride] = below ? [below.output, below.stride] : [input, fanIn];
      const matrix = atFloat32(pointer, weights);
      kernels.denseWeightGradient(delta, deltaStride, source, sourceStride, this.#panels, batch, fanIn, fanOut, matrix);
      kernels.columnSums(delta, deltaStride, batch, fanOut, atFloat32(pointer, bias));
      if (!below) return;
      const { derivative, stride } = below;
      kernels.denseBackward(
        delta,
        deltaStride,
        backwardPanels,
        batch,
        fanIn,
        fanOut,
        0,
        this.#cotangent,
        stride,
        derivative,
      );
      [delta, deltaStride] = [derivative, stride];
    }
  }
}

function outputOf({ output, fanOut, stride }: OpenLayer): LayerOutput {
  return { pointer: output, width: fanOut, stride };
}
