import {
  atFloat32,
  type Engine,
  type Epilogue,
  type Float32Block,
  nullPointer,
  type Pointer,
  packedLength,
} from "../kernels/index.js";
import type { OuterProduct } from "./example-clipping.js";
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

/** A map from the conditions, and what it gives for those that are set or for those of a block, [.., stride]; in training scales of all rows stay. */
interface ModulationMap {
  readonly map: LinearMap;
  /** W^T in panels. */
  readonly panels: Pointer;
  readonly table: Pointer;
}

/** The operands of a layer's matrix product. */
export interface Product {
  readonly source: Pointer;
  readonly sourceStride: number;
  readonly panels: Pointer;
  readonly bias: Pointer;
  readonly fanIn: number;
  readonly fanOut: number;
  /** Of the output. */
  readonly stride: number;
}

/** Rows in a hidden layer: where what it gives goes, and what is added to that after the activation. */
export interface Passage {
  readonly layer: number;
  readonly rows: number;
  readonly output: Pointer;
  /** nullPointer: not wanted. */
  readonly derivative: Pointer;
  readonly joint: Pointer;
  readonly jointStride: number;
}

/** What rows have: a condition each, float32 [rows, conditionWidth], or, where that is nullPointer, the place of one of those that were set, uint32 [rows]. */
export interface RowConditions {
  readonly conditions: Pointer;
  readonly index: Pointer;
}

/** What film needs to know of the layers that it is in. */
export interface FilmMemory {
  /** Row strides of the hidden layers. */
  readonly strides: readonly number[];
  /** Rows that pass through a layer at once. */
  readonly rows: number;
  /** Conditions that are set for a noise level: one for each class and for none. */
  readonly conditions: number;
  /** Each layer keeps its sums and scales for backward; without, all sums use the same memory. */
  readonly training: boolean;
}

/** Rows that go through a layer's product, its modulation and its activation while they are near. */
export const filmRows = 48;

/** Calls visit(row, rows) for one block of at most `most` rows, from row `row` on, after the other. */
export function eachRowBlock(rows: number, most: number, visit: (row: number, rows: number) => void): void {
  for (let row = 0; row < rows; row += most) visit(row, Math.min(most, rows - row));
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
  readonly #training: boolean;
  /** Scratch of narrowGradient. */
  readonly #columnSums: Pointer;

  constructor(engine: Engine, spec: NetworkSpec, parameters: Float32Block, activation: Epilogue, memory: FilmMemory) {
    this.#engine = engine;
    this.#activation = activation;
    this.#parameters = parameters.pointer;
    this.#training = memory.training;
    this.#layers = allocate(engine, spec, memory);
    const sums = (conditionWidth(spec) + 1) * Math.max(0, ...memory.strides);
    this.#columnSums = memory.training ? engine.arena.floats(sums).pointer : nullPointer;
    const forward = this.#layers.reduce((sum, { width }) => sum + 4 * width * conditionWidth(spec), 0);
    this.flopsPerSample = { forward, backward: forward };
  }

  /** Once after parameters changed. */
  pack(): void {
    for (const { map, panels } of this.#maps()) {
      const weights = atFloat32(this.#parameters, map.offset);
      this.#engine.kernels.packPanelsTransposed(weights, map.fanIn, map.fanIn, map.fanOut, panels);
    }
  }

  /** Sets scales and shifts of all layers for float32 [count, conditionWidth], `count` at most as many as there is memory for. */
  condition(conditions: Pointer, count: number): void {
    for (const { stride, maps } of this.#layers) {
      for (const map of maps) this.#mapConditions(map, conditions, count, map.table, stride);
    }
  }

  /** output = act(modulated source W^T + bias) (+ joint). Conditions of the rows' own overwrite those that were set. */
  forward(product: Product, passage: Passage, { conditions, index }: RowConditions): void {
    const { source, sourceStride, panels, bias, fanIn, fanOut } = product;
    const { layer, output, derivative, joint, jointStride } = passage;
    const { width, divisor, stride, maps, inverse } = this.#layers[layer];
    const [scale, shift] = maps;
    const { kernels } = this.#engine;
    const own = conditions !== nullPointer;
    eachRowBlock(passage.rows, filmRows, (row, rows) => {
      const sums = this.#sums(layer, row);
      const scales = own ? this.#scales(layer, row) : scale.table;
      kernels.gemm(
        0,
        atFloat32(source, row * sourceStride),
        sourceStride,
        panels,
        bias,
        sums,
        stride,
        rows,
        fanOut,
        fanIn,
      );
      if (own) {
        const from = atFloat32(conditions, row * scale.map.fanIn);
        this.#mapConditions(scale, from, rows, scales, stride);
        this.#mapConditions(shift, from, rows, shift.table, stride);
      }
      kernels.filmForward(
        this.#activation,
        sums,
        stride,
        rows,
        width,
        divisor,
        later(inverse, row),
        scales,
        shift.table,
        stride,
        later(index, row),
        atFloat32(output, row * stride),
        later(derivative, row * stride),
        later(joint, row * jointStride),
        jointStride,
      );
    });
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
   * From the gradient with respect to the modulated sums, [rows, stride], to that with respect to the sums, see sumsGradient. Once after forward
   * of the same rows.
   */
  backward(layer: number, row: number, rows: number, delta: Pointer): void {
    const { width, divisor, stride, inverse } = this.#layers[layer];
    this.#engine.kernels.filmBackward(
      delta,
      stride,
      rows,
      width,
      divisor,
      this.#sums(layer, row),
      later(inverse, row),
      this.#scales(layer, row),
    );
  }

  /** The gradient with respect to the sums of a layer after backward of its rows, [rows, stride]. */
  sumsGradient(layer: number): Pointer {
    return this.#scales(layer, 0);
  }

  /** Of a layer's scale and shift after backward of its rows. @param delta see backward. */
  outerProducts(layer: number, delta: Pointer, conditions: Pointer): [scale: OuterProduct, shift: OuterProduct] {
    const { stride, maps, values } = this.#layers[layer];
    const { fanIn, fanOut } = maps[0].map;
    const both = { input: conditions, inputStride: fanIn, fanIn, deltaStride: stride, fanOut };
    return [
      { ...both, delta: values },
      { ...both, delta },
    ];
  }

  /** Writes the gradients of a layer's scale and shift after backward of all its rows. @param delta see backward. */
  parameterGradient(layer: number, delta: Pointer, conditions: Pointer, rows: number, gradient: Pointer): void {
    const { maps } = this.#layers[layer];
    this.outerProducts(layer, delta, conditions).forEach((product, role) => {
      const { fanIn, fanOut, offset } = maps[role].map;
      const weights = atFloat32(gradient, offset);
      const bias = atFloat32(weights, fanIn * fanOut);
      this.#engine.kernels.narrowGradient(
        product.delta,
        product.deltaStride,
        conditions,
        fanIn,
        rows,
        fanIn,
        fanOut,
        weights,
        bias,
        this.#columnSums,
      );
    });
  }

  /** The sums of a layer from a row on, [rows, stride]. */
  #sums(layer: number, row: number): Pointer {
    const { values, stride } = this.#layers[layer];
    return atFloat32(values, row * stride);
  }

  #scales(layer: number, row: number): Pointer {
    const { maps, stride } = this.#layers[layer];
    return this.#training ? atFloat32(maps[0].table, row * stride) : maps[0].table;
  }

  #mapConditions(
    { map, panels }: ModulationMap,
    conditions: Pointer,
    count: number,
    to: Pointer,
    stride: number,
  ): void {
    const { fanIn, fanOut, offset } = map;
    const bias = atFloat32(this.#parameters, offset + fanIn * fanOut);
    this.#engine.kernels.gemm(0, conditions, fanIn, panels, bias, to, stride, count, fanOut, fanIn);
  }

  #maps(): ModulationMap[] {
    return this.#layers.flatMap(({ maps }) => maps);
  }
}

/** atFloat32, and nullPointer of nullPointer. */
function later(pointer: Pointer, floats: number): Pointer {
  return pointer === nullPointer ? pointer : atFloat32(pointer, floats);
}

function allocate({ arena }: Engine, spec: NetworkSpec, memory: FilmMemory): Modulation[] {
  const { strides, rows, conditions, training } = memory;
  const { maps } = layoutOf(spec);
  const inverse = () => (spec.normalization === "rms" ? arena.floats(rows).pointer : nullPointer);
  const widest = Math.max(0, ...strides);
  const shared = training ? undefined : { values: arena.floats(rows * widest).pointer, inverse: inverse() };
  const tableRows = Math.max(conditions, filmRows);
  return strides.map((stride, layer) => {
    const of = (role: LinearMap["role"]): ModulationMap => {
      const map = maps.find((each) => each.role === role && each.layer === layer) as LinearMap;
      const panels = arena.floats(packedLength(map.fanIn, map.fanOut)).pointer;
      return { map, panels, table: arena.floats((training && role === "scale" ? rows : tableRows) * stride).pointer };
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
