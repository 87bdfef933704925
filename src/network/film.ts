import {
  atFloat32,
  type Engine,
  type Epilogue,
  type Float32Block,
  nullPointer,
  type Pointer,
  packedLength,
} from "../kernels/index.js";
import { conditionWidth, type LinearMap, layoutOf, type NetworkSpec, normalizedWidths } from "./spec.js";

/** A hidden layer's scale and shift in wasm memory. */
interface Modulation {
  readonly width: number;
  /** See normalizedWidths. */
  readonly divisor: number;
  /** Row stride in floats of all its matrices. */
  readonly stride: number;
  readonly maps: readonly [ModulationMap, ModulationMap];
  /** Normalized sums n, [rows, stride]; after backward the gradient with respect to the scales. */
  readonly values: Pointer;
  /** 1 / root mean square of each row, [rows]; nullPointer where nothing is normalized. */
  readonly inverse: Pointer;
}

/** A map from the conditions, and what it gives for each of them, [conditions, stride]. */
interface ModulationMap {
  readonly map: LinearMap;
  /** W^T in panels. */
  readonly panels: Pointer;
  readonly table: Pointer;
}

/** A hidden layer on its way through the network: where its sums go, and what is added to them after the activation. */
export interface Passage {
  readonly layer: number;
  readonly rows: number;
  readonly output: Pointer;
  /** nullPointer: not wanted. */
  readonly derivative: Pointer;
  readonly joint: Pointer;
  readonly jointStride: number;
}

/** What film needs to know of the layers that it is in. */
export interface FilmMemory {
  /** Row strides of the hidden layers. */
  readonly strides: readonly number[];
  /** Rows that pass through a layer at once. */
  readonly rows: number;
  /** Conditions at a time: those of a batch in training, one for each class and for none at a noise level. */
  readonly conditions: number;
  /** Each layer keeps its sums for backward; without, all use the same memory. */
  readonly training: boolean;
}

/**
 * Feature-wise modulation of the hidden layers by the noise level and the class: their sums are normalized, scaled and shifted. Scale and shift
 * are linear maps of a row of conditions, see conditionWidth. Lives in the arena scope of its session.
 */
export class Film {
  readonly flopsPerSample: { readonly forward: number; readonly backward: number };
  readonly #engine: Engine;
  readonly #activation: Epilogue;
  readonly #parameters: Pointer;
  readonly #layers: readonly Modulation[];
  /** Numbers of a condition. */
  readonly #width: number;

  constructor(engine: Engine, spec: NetworkSpec, parameters: Float32Block, activation: Epilogue, memory: FilmMemory) {
    this.#engine = engine;
    this.#activation = activation;
    this.#parameters = parameters.pointer;
    this.#width = conditionWidth(spec);
    this.#layers = allocate(engine, spec, memory);
    const forward = this.#layers.reduce((sum, { width }) => sum + 4 * width * this.#width, 0);
    this.flopsPerSample = { forward, backward: forward };
  }

  /** Once after parameters changed. */
  pack(): void {
    for (const { map, panels } of this.#maps()) {
      const weights = atFloat32(this.#parameters, map.offset);
      this.#engine.kernels.packPanelsTransposed(weights, map.fanIn, map.fanIn, map.fanOut, panels);
    }
  }

  /** Scales and shifts of all layers for float32 [count, conditionWidth], `count` at most as many as there is memory for. */
  condition(conditions: Pointer, count: number): void {
    for (const { stride, maps } of this.#layers) {
      for (const { map, panels, table } of maps) {
        const { fanIn, fanOut, offset } = map;
        const bias = atFloat32(this.#parameters, offset + fanIn * fanOut);
        this.#engine.kernels.gemm(0, conditions, fanIn, panels, bias, table, stride, count, fanOut, fanIn);
      }
    }
  }

  /** Where the sums of a layer are to be written, [rows, stride]. */
  sums(layer: number): Pointer {
    return this.#layers[layer].values;
  }

  /** From the sums to the layer's output. @param index which condition each row has, uint32 [rows]; nullPointer: row b has condition b. */
  forward({ layer, rows, output, derivative, joint, jointStride }: Passage, index: Pointer): void {
    const { width, divisor, stride, maps, values, inverse } = this.#layers[layer];
    const [scale, shift] = maps;
    this.#engine.kernels.filmForward(
      this.#activation,
      values,
      stride,
      rows,
      width,
      divisor,
      inverse,
      scale.table,
      shift.table,
      stride,
      index,
      output,
      derivative,
      joint,
      jointStride,
    );
  }

  /** A tangent of the sums, `output`, becomes that of the layer's output; after forward of the same rows. */
  tangent({ layer, rows, output, derivative, joint, jointStride }: Passage, index: Pointer): void {
    const { width, divisor, stride, maps, values, inverse } = this.#layers[layer];
    const { table } = maps[0];
    const { kernels } = this.#engine;
    kernels.filmTangent(
      output,
      stride,
      rows,
      width,
      divisor,
      values,
      inverse,
      table,
      stride,
      index,
      derivative,
      joint,
      jointStride,
    );
  }

  /**
   * Writes the gradients of the layer's scale and shift. Once after forward of the same rows.
   * @param delta gradient with respect to the modulated sums, [rows, stride].
   * @param panels scratch, see denseWeightGradient.
   * @returns the gradient with respect to the sums, [rows, stride].
   */
  backward(
    layer: number,
    delta: Pointer,
    conditions: Pointer,
    rows: number,
    gradient: Pointer,
    panels: Pointer,
  ): Pointer {
    const { width, divisor, stride, maps, values, inverse } = this.#layers[layer];
    const [scale, shift] = maps;
    this.#engine.kernels.filmBackward(delta, stride, rows, width, divisor, values, inverse, scale.table);
    this.#mapGradient(scale.map, values, stride, conditions, rows, gradient, panels);
    this.#mapGradient(shift.map, delta, stride, conditions, rows, gradient, panels);
    return scale.table;
  }

  #mapGradient(
    { fanIn, fanOut, offset }: LinearMap,
    delta: Pointer,
    stride: number,
    conditions: Pointer,
    rows: number,
    gradient: Pointer,
    panels: Pointer,
  ): void {
    const { kernels } = this.#engine;
    const weights = atFloat32(gradient, offset);
    kernels.denseWeightGradient(delta, stride, conditions, fanIn, panels, rows, fanIn, fanOut, weights);
    kernels.columnSums(delta, stride, rows, fanOut, atFloat32(weights, fanIn * fanOut));
  }

  #maps(): ModulationMap[] {
    return this.#layers.flatMap(({ maps }) => maps);
  }
}

function allocate({ arena }: Engine, spec: NetworkSpec, memory: FilmMemory): Modulation[] {
  const { strides, rows, conditions, training } = memory;
  const { maps } = layoutOf(spec);
  const inverse = () => (spec.normalization === "rms" ? arena.floats(rows).pointer : nullPointer);
  const widest = Math.max(0, ...strides);
  const shared = training ? undefined : { values: arena.floats(rows * widest).pointer, inverse: inverse() };
  return strides.map((stride, layer) => {
    const of = (role: LinearMap["role"]): ModulationMap => {
      const map = maps.find((each) => each.role === role && each.layer === layer) as LinearMap;
      const panels = arena.floats(packedLength(map.fanIn, map.fanOut)).pointer;
      return { map, panels, table: arena.floats(conditions * stride).pointer };
    };
    const values = shared?.values ?? arena.floats(rows * stride).pointer;
    return {
      width: spec.hidden[layer],
      divisor: normalizedWidths(spec)[layer],
      stride,
      maps: [of("scale"), of("shift")],
      values,
      inverse: shared?.inverse ?? inverse(),
    };
  });
}
