import { ArgumentTypeError, FedscoreError, requireInteger } from "../errors.js";
import {
  atFloat32,
  type Engine,
  Epilogue,
  type Float32Block,
  nullPointer,
  type Pointer,
  requireBlock,
  requireEngine,
} from "../kernels/index.js";
import type { ExampleClipping, OuterProduct } from "./example-clipping.js";
import { eachRowBlock, Film, filmRows, type Passage, type Product } from "./film.js";
import { LevelConditions } from "./level-conditions.js";
import {
  allocateLayers,
  allocateLevel,
  allocateTangents,
  allocateTraining,
  flopsOf,
  inferenceRows,
  type Layer,
  type LevelMemory,
  mostRows,
  type PassFlops,
  paddedStride,
  type TangentMemory,
  type TrainingMemory,
} from "./mlp-memory.js";
import {
  type BackwardEnds,
  type Entrance,
  entranceFrom,
  type ForwardMode,
  packBackward,
  passDense,
  passDenseTangent,
} from "./mlp-passes.js";
import { conditionWidth, hasFilm, layoutOf, type NetworkSpec } from "./spec.js";

/**
 * The multilayer perceptron of a NetworkSpec in the memory of one engine: hidden layers h = act(W x + b), joined ones
 * h = x + act(W x + b), and a linear output layer; with conditioning "film" act(norm(W x + b) (1 + scale) + shift), see Film. A row of the result
 * does not depend on the batch it is in.
 *
 * All memory is allocated in the current arena scope; the session is void when that scope ends.
 */
export class MlpSession {
  /** float32 [P] in the order of layoutOf(spec), not cleared. Call pack() after changing it. */
  readonly parameters: Float32Block;
  /** Of one row. */
  readonly flopsPerSample: PassFlops;
  readonly #engine: Engine;
  readonly #layers: readonly Layer[];
  readonly #activation: Epilogue;
  readonly #maxBatch: number;
  /** Rows that pass through all layers at once. */
  readonly #tileRows: number;
  readonly #training: TrainingMemory | undefined;
  readonly #level: LevelMemory | undefined;
  readonly #tangents: TangentMemory | undefined;
  readonly #dimension: number;
  readonly #conditionWidth: number;
  readonly #film: Film | undefined;
  readonly #conditions: LevelConditions | undefined;

  /**
   * @param maxBatch most rows of one call, >= 1.
   * @param mode "training" keeps what backward needs of every layer; "inference" keeps two layers of a cache-sized tile.
   * @param parameters to use instead of fresh memory, float32 [P].
   */
  constructor(
    engine: Engine,
    spec: NetworkSpec,
    maxBatch: number,
    mode: "inference" | "training",
    parameters?: Float32Block,
  ) {
    requireEngine(engine);
    requireInteger("maxBatch", maxBatch, 1, mostRows);
    if (mode !== "inference" && mode !== "training") {
      throw new ArgumentTypeError("mode", 'must be "inference" or "training"', mode);
    }
    const { size, widths } = layoutOf(spec);
    const training = mode === "training";
    this.#engine = engine;
    this.#activation = Epilogue[spec.activation];
    this.#maxBatch = maxBatch;
    this.#tileRows = training ? maxBatch : Math.min(maxBatch, inferenceRows(spec.hidden));
    if (parameters !== undefined) requireBlock("parameters", parameters, size);
    this.parameters = parameters ?? engine.arena.floats(size);
    this.#layers = allocateLayers(engine, spec, this.#tileRows, training);
    this.#training = training ? allocateTraining(engine, spec, maxBatch) : undefined;
    this.#dimension = spec.dimension;
    this.#conditionWidth = conditionWidth(spec);
    this.#level = training || hasFilm(spec) ? undefined : allocateLevel(engine, spec, widths[1] as number);
    this.#conditions = !training && hasFilm(spec) ? new LevelConditions(engine, spec, maxBatch) : undefined;
    this.#film = hasFilm(spec) ? this.#openFilm(spec, training) : undefined;
    this.#tangents = training ? undefined : allocateTangents(engine, spec, this.#tileRows);
    this.flopsPerSample = flopsOf(this.#layers, this.#film?.flopsPerSample);
  }

  /** float32 [P], written by backward. Throws in inference mode. */
  get gradient(): Float32Block {
    return this.#trainingMemory().gradient;
  }

  /** Packs the weights for the next forward calls: once after parameters changed, not per call. Backward packs what it needs itself. */
  pack(): void {
    const { kernels } = this.#engine;
    for (const { fanIn, fanOut, weightOffset, forwardPanels } of this.#layers) {
      const weights = atFloat32(this.parameters.pointer, weightOffset);
      kernels.packPanelsTransposed(weights, fanIn, fanIn, fanOut, forwardPanels);
    }
    this.#film?.pack();
    if (!this.#level) return;
    const { fanIn, fanOut, weightOffset } = this.#layers[0] as Layer;
    const weights = atFloat32(this.parameters.pointer, weightOffset);
    const d = this.#dimension;
    kernels.packPanelsTransposed(weights, fanIn, d, fanOut, this.#level.pointPanels);
    kernels.packPanelsTransposed(atFloat32(weights, d), fanIn, fanIn - d, fanOut, this.#level.featurePanels);
  }

  /** Sets the noise features, float32 [noiseFeatures], of the next forwardPoints calls; after pack(), inference mode only. */
  setLevel(features: Pointer): void {
    if (this.#conditions && this.#film) {
      this.#conditions.set(features, this.#film);
      return;
    }
    const { featurePanels, bias } = this.#levelMemory();
    const { fanIn, fanOut, biasOffset } = this.#layers[0] as Layer;
    const width = fanIn - this.#dimension;
    const own = atFloat32(this.parameters.pointer, biasOffset);
    this.#engine.kernels.gemm(0, features, width, featurePanels, own, bias, fanOut, 1, fanOut, width);
  }

  /**
   * points float32 [batch, dimension], all at the level that is set -> output float32 [batch, dimension]; inference mode only.
   * @param classes of the rows, uint32 [batch], K where a row has none; nullPointer: none has one.
   */
  forwardPoints(points: Pointer, batch: number, output: Pointer, classes: Pointer = nullPointer): void {
    this.#forward(points, batch, output, this.#pointEntrance(classes));
  }

  /**
   * The same, and products = J tangents, float32 [batch, dimension] each: J is the Jacobian of the output with respect to
   * the row's point. Rows and tangents pass each layer together; outputs must differ from one another and from inputs.
   */
  forwardTangents(
    points: Pointer,
    tangents: Pointer,
    batch: number,
    output: Pointer,
    products: Pointer,
    classes: Pointer = nullPointer,
  ): void {
    this.#forward(points, batch, output, this.#pointEntrance(classes), { tangents, products });
  }

  /**
   * input float32 [batch, inputs], see layoutOf -> output float32 [batch, dimension]; pointers must differ.
   * @param conditions of a modulated network, float32 [batch, conditionWidth]. The level that was set is void afterwards.
   */
  forward(input: Pointer, batch: number, output: Pointer, conditions: Pointer = nullPointer): void {
    const { fanIn, forwardPanels, biasOffset } = this.#layers[0] as Layer;
    const bias = atFloat32(this.parameters.pointer, biasOffset);
    this.#forward(input, batch, output, { fanIn, panels: forwardPanels, bias, conditions, index: nullPointer });
  }

  /**
   * Overwrites gradient with that of a scalar whose gradient with respect to the output is outputGradient, float32
   * [batch, dimension]. Call it once after forward on the same input, conditions and batch; training mode only.
   */
  backward(input: Pointer, batch: number, outputGradient: Pointer, conditions: Pointer = nullPointer): void {
    requireInteger("batch", batch, 0, this.#maxBatch);
    const ends = { input, batch, outputGradient, conditions };
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      this.#packAbove(index);
      eachRowBlock(batch, this.#film ? filmRows : batch, (row, rows) => this.#passTo(index, ends, row, rows));
      this.#parameterGradient(index, ends);
    }
  }

  /**
   * The same, with the gradient of each example clipped over all parameters: rows of an example are neighbours, and batch is a multiple of their
   * number. All deltas come first, then the norms, then the scaled deltas' products: no example's gradient is ever formed.
   */
  backwardClipped(
    input: Pointer,
    batch: number,
    outputGradient: Pointer,
    clipping: ExampleClipping,
    conditions: Pointer = nullPointer,
  ): void {
    requireInteger("batch", batch, 0, this.#maxBatch);
    const { draws } = clipping.rule;
    const ends = { input, batch, outputGradient, conditions };
    const products = this.#layers.map((_, index) => this.#outerProducts(index, ends));
    clipping.begin(batch);
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      this.#packAbove(index);
      eachRowBlock(batch, draws * Math.max(1, Math.floor(filmRows / draws)), (row, rows) => {
        this.#passTo(index, ends, row, rows);
        for (const product of products[index]) clipping.measure(product, row, rows);
      });
    }
    clipping.end();
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      for (const product of products[index]) clipping.scale(product);
      this.#parameterGradient(index, ends);
    }
  }

  /** Packs the weights through which the next calls of #passTo go. One layer at a time: what is packed is still near when it is read. */
  #packAbove(index: number): void {
    const above = this.#layers[index + 1];
    if (above) packBackward(this.#engine.kernels, this.parameters.pointer, above, this.#trainingMemory().panels);
  }

  /** Turns the delta of the layer above into that of rows [row, row + rows) of a hidden layer; the last one's is given. */
  #passTo(index: number, ends: BackwardEnds, row: number, rows: number): void {
    const above = this.#layers[index + 1];
    if (!above) return;
    const { fanIn, fanOut, joined } = above;
    const { stride, derivative } = this.#layers[index] as Layer;
    const { cotangent, panels } = this.#trainingMemory();
    const deltaStride = this.#deltaStride(index + 1);
    const slopes = atFloat32(derivative, row * stride);
    // `cotangent` holds the gradient with respect to the upper layer's output: a joined layer passes it on to its input.
    this.#engine.kernels.denseBackward(
      atFloat32(this.#delta(index + 1, ends), row * deltaStride),
      deltaStride,
      panels,
      rows,
      fanIn,
      fanOut,
      joined ? 1 : 0,
      atFloat32(cotangent, row * stride),
      stride,
      slopes,
    );
    this.#film?.backward(index, row, rows, slopes);
  }

  /** Writes the gradient of a layer's parameters and of its modulation's, once its delta is whole. */
  #parameterGradient(index: number, ends: BackwardEnds): void {
    const { kernels } = this.#engine;
    const { gradient, panels } = this.#trainingMemory();
    const { derivative, output, weightOffset, biasOffset } = this.#layers[index] as Layer;
    const { batch, conditions } = ends;
    if (this.#film && output !== nullPointer) {
      this.#film.parameterGradient(index, derivative, conditions, batch, gradient.pointer);
    }
    const { input, inputStride, fanIn, delta, deltaStride, fanOut } = this.#outerProduct(index, ends);
    const weights = atFloat32(gradient.pointer, weightOffset);
    kernels.denseWeightGradient(delta, deltaStride, input, inputStride, panels, batch, fanIn, fanOut, weights);
    kernels.columnSums(delta, deltaStride, batch, fanOut, atFloat32(gradient.pointer, biasOffset));
  }

  /** Of a layer, and of its modulation where it has one. */
  #outerProducts(index: number, ends: BackwardEnds): OuterProduct[] {
    const own = this.#outerProduct(index, ends);
    const { output, derivative } = this.#layers[index] as Layer;
    if (!this.#film || output === nullPointer) return [own];
    return [own, ...this.#film.outerProducts(index, derivative, ends.conditions)];
  }

  #outerProduct(index: number, ends: BackwardEnds): OuterProduct {
    const { fanIn, fanOut } = this.#layers[index] as Layer;
    const below = this.#layers[index - 1];
    return {
      input: below ? below.output : ends.input,
      inputStride: below ? below.stride : fanIn,
      fanIn,
      delta: this.#delta(index, ends),
      deltaStride: this.#deltaStride(index),
      fanOut,
    };
  }

  /** The gradient with respect to a layer's sums, [batch, its stride]. */
  #delta(index: number, ends: BackwardEnds): Pointer {
    const { output, derivative } = this.#layers[index] as Layer;
    return output === nullPointer ? ends.outputGradient : (this.#film?.sumsGradient(index) ?? derivative);
  }

  #deltaStride(index: number): number {
    const { output, stride, fanOut } = this.#layers[index] as Layer;
    return output === nullPointer ? fanOut : stride;
  }

  #openFilm(spec: NetworkSpec, training: boolean): Film {
    return new Film(this.#engine, spec, this.parameters, this.#activation, {
      strides: spec.hidden.map(paddedStride),
      rows: this.#tileRows,
      conditions: this.#conditions?.count ?? 1,
      training,
    });
  }

  #pointEntrance(classes: Pointer): Entrance {
    if (this.#conditions) {
      const { forwardPanels, biasOffset } = this.#layers[0] as Layer;
      const bias = atFloat32(this.parameters.pointer, biasOffset);
      const index = this.#conditions.indexOf(classes);
      return { fanIn: this.#dimension, panels: forwardPanels, bias, conditions: nullPointer, index };
    }
    const { pointPanels, bias } = this.#levelMemory();
    return { fanIn: this.#dimension, panels: pointPanels, bias, conditions: nullPointer, index: nullPointer };
  }

  #forward(input: Pointer, batch: number, output: Pointer, entrance: Entrance, forwardMode?: ForwardMode): void {
    requireInteger("batch", batch, 0, this.#maxBatch);
    const { fanOut } = this.#layers.at(-1) as Layer;
    for (let row = 0; row < batch; row += this.#tileRows) {
      const rows = Math.min(this.#tileRows, batch - row);
      const tile = forwardMode && {
        tangents: atFloat32(forwardMode.tangents, row * entrance.fanIn),
        products: atFloat32(forwardMode.products, row * fanOut),
      };
      const from = atFloat32(input, row * entrance.fanIn);
      const to = atFloat32(output, row * fanOut);
      this.#forwardTile(from, rows, to, entranceFrom(entrance, row, this.#conditionWidth), tile);
    }
  }

  #forwardTile(input: Pointer, rows: number, output: Pointer, entrance: Entrance, forwardMode?: ForwardMode): void {
    const { kernels } = this.#engine;
    const tangents = forwardMode && this.#tangents;
    let source = input;
    let tangent = forwardMode?.tangents ?? nullPointer;
    let sourceStride = entrance.fanIn;
    let { fanIn, panels, bias } = entrance;
    for (const layer of this.#layers) {
      const { fanOut, output: hidden, stride, joined } = layer;
      const derivative = tangents?.derivative ?? layer.derivative;
      if (layer !== this.#layers[0]) {
        ({ fanIn, forwardPanels: panels } = layer);
        bias = atFloat32(this.parameters.pointer, layer.biasOffset);
      }
      if (hidden === nullPointer) {
        kernels.gemm(0, source, sourceStride, panels, bias, output, fanOut, rows, fanOut, fanIn);
        if (!forwardMode) return;
        const { products } = forwardMode;
        kernels.gemm(0, tangent, sourceStride, panels, nullPointer, products, fanOut, rows, fanOut, fanIn);
        return;
      }
      const passage = {
        layer: this.#layers.indexOf(layer),
        rows,
        output: hidden,
        derivative,
        joint: joined ? source : nullPointer,
        jointStride: joined ? sourceStride : 0,
      };
      const product = { source, sourceStride, panels, bias, fanIn, fanOut, stride };
      this.#passHidden(product, passage, entrance);
      if (tangents) {
        const [even, odd] = tangents.layers;
        const next: Pointer = tangent === even ? odd : even;
        const joint = joined ? tangent : nullPointer;
        this.#passTangent({ ...product, source: tangent }, { ...passage, output: next, joint }, entrance.index);
        tangent = next;
      }
      source = hidden;
      sourceStride = stride;
    }
  }

  #passHidden(product: Product, to: Passage, entrance: Entrance): void {
    if (this.#film) this.#film.forward(product, to, entrance);
    else passDense(this.#engine.kernels, this.#activation, product, to);
  }

  /** The tangent `source` through the same layer, after its rows. */
  #passTangent(product: Product, to: Passage, index: Pointer): void {
    const { kernels } = this.#engine;
    if (!this.#film) {
      passDenseTangent(kernels, product, to);
      return;
    }
    const { source, sourceStride, panels, fanIn, fanOut, stride } = product;
    kernels.gemm(0, source, sourceStride, panels, nullPointer, to.output, stride, to.rows, fanOut, fanIn);
    this.#film.tangent(to, index);
  }

  #levelMemory(): LevelMemory {
    if (this.#level) return this.#level;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", 'this session has mode "training"; levels need "inference"');
  }

  #trainingMemory(): TrainingMemory {
    if (this.#training) return this.#training;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", 'this session has mode "inference"; gradients need "training"');
  }
}
