import { requireFloats, requireInteger } from "../errors.js";
import { atFloat32, type Engine, Float32Block, type Pointer, requireEngine } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { type CompiledMask, compileMask } from "./compiled-mask.js";
import type { Mask } from "./mask.js";
import { validateMask } from "./validate.js";

/** What a client trains: its network and that network's parameters. */
export interface Submodel {
  readonly spec: NetworkSpec;
  readonly parameters: Float32Array;
}

/** The same in the memory of an engine. */
export interface SubmodelInMemory {
  readonly spec: NetworkSpec;
  readonly parameters: Float32Block;
  /** Of a structured mask. */
  readonly layers?: readonly IndexedLayer[];
}

/**
 * The submodel of a mask: structured, a really smaller dense network; unstructured, the same network with zeros; full, a copy.
 * @param parameters float32 [P] of `spec`: an array, or a pointer to them in the engine's memory (nothing is copied in then).
 */
export function extract(engine: Engine, spec: NetworkSpec, parameters: Float32Array | Pointer, mask: Mask): Submodel {
  validateMask("mask", spec, mask);
  return requireEngine(engine).arena.scope(() => {
    const server = floatsIn(engine, "parameters", parameters, layoutOf(spec).size);
    const submodel = extractInMemory(engine, spec, server, mask);
    return { spec: submodel.spec, parameters: submodel.parameters.array.slice() };
  });
}

/** The same of a valid mask in the engine's memory, in the current arena scope; of a mask that keeps all, the server's parameters themselves. */
export function extractInMemory(engine: Engine, spec: NetworkSpec, server: Pointer, mask: Mask): SubmodelInMemory {
  const { size } = layoutOf(spec);
  const whole = new Float32Block(engine.arena, server, size);
  if (mask.kind === "full") return { spec, parameters: whole };
  const compiled = compileMask(spec, mask);
  if (mask.kind === "structured" && compiled.kept === size)
    return { spec: compiled.spec, parameters: whole, layers: indexedLayers(engine, spec, compiled) };
  const packed = engine.arena.floats(layoutOf(compiled.spec).size);
  if (mask.kind === "unstructured") {
    const { array } = packed;
    array.set(new Float32Array(engine.arena.buffer, server, size));
    for (let i = 0; i < size; i++) if (mask.keep[i] === 0) array[i] = 0;
    return { spec, parameters: packed };
  }
  const layers = indexedLayers(engine, spec, compiled);
  for (const { rows, rowCount, columns, columnCount, fanIn, fanOut, offset, packedOffset } of layers) {
    engine.kernels.structuredExtract(
      atFloat32(server, offset),
      fanIn,
      fanOut,
      rows,
      rowCount,
      columns,
      columnCount,
      atFloat32(packed.pointer, packedOffset),
    );
  }
  return { spec: compiled.spec, parameters: packed, layers };
}

/** The inverse of `extract`: writes a submodel's parameters to their places in `parameters`, float32 [P]; the rest stays. */
export function scatter(
  engine: Engine,
  spec: NetworkSpec,
  submodel: Float32Array,
  mask: Mask,
  parameters: Float32Array,
): void {
  validateMask("mask", spec, mask);
  requireEngine(engine);
  requireFloats("parameters", parameters, layoutOf(spec).size);
  const compiled = compileMask(spec, mask);
  requireFloats("submodel", submodel, layoutOf(compiled.spec).size);
  if (mask.kind === "full") {
    parameters.set(submodel);
    return;
  }
  if (mask.kind === "unstructured") {
    for (let i = 0; i < submodel.length; i++) if (mask.keep[i] === 1) parameters[i] = submodel[i];
    return;
  }
  engine.arena.scope(() => {
    const packed = engine.arena.copyIn(submodel);
    const server = engine.arena.copyIn(parameters);
    for (const layer of indexedLayers(engine, spec, compiled)) {
      const { rows, rowCount, columns, columnCount, fanIn, fanOut } = layer;
      engine.kernels.structuredScatter(
        atFloat32(packed.pointer, layer.packedOffset),
        rows,
        rowCount,
        columns,
        columnCount,
        atFloat32(server.pointer, layer.offset),
        fanIn,
        fanOut,
      );
    }
    parameters.set(server.array);
  });
}

/** A layer of the network and the rows (outputs) and columns (inputs) of it that a structured mask keeps. */
export interface IndexedLayer {
  readonly fanIn: number;
  readonly fanOut: number;
  /** Index of the layer's first parameter, in the whole network and in the extracted one. */
  readonly offset: number;
  readonly packedOffset: number;
  /** uint32 indices in the engine's memory, ascending. */
  readonly rows: Pointer;
  readonly rowCount: number;
  readonly columns: Pointer;
  readonly columnCount: number;
}

/** The layers of a structured mask, their index arrays copied into the arena: call it inside a scope. */
export function indexedLayers(engine: Engine, spec: NetworkSpec, mask: CompiledMask): IndexedLayer[] {
  const units = mask.units.map((kept) => ({ pointer: engine.arena.copyBytes(kept), count: kept.length }));
  const packed = layoutOf(mask.spec).maps;
  return layoutOf(spec).maps.map(({ fanIn, fanOut, offset, ...map }, index) => {
    const [rows, columns] = [units[map.rows], units[map.columns]];
    return {
      fanIn,
      fanOut,
      offset,
      packedOffset: packed[index].offset,
      rows: rows.pointer,
      rowCount: rows.count,
      columns: columns.pointer,
      columnCount: columns.count,
    };
  });
}

/** The pointer itself, or that of a copy of an array of `length` entries. */
export function floatsIn(engine: Engine, argument: string, floats: Float32Array | Pointer, length: number): Pointer {
  if (typeof floats === "number") {
    requireInteger(argument, floats, 1, engine.arena.buffer.byteLength - 4 * length);
    return floats;
  }
  requireFloats(argument, floats, length);
  return engine.arena.copyIn(floats).pointer;
}
