import { requireLength, requireNumber } from "../errors.js";
import { atFloat32, atFloat64, type Engine, type Pointer } from "../kernels/index.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { compileMask } from "./compiled-mask.js";
import { floatsIn, type IndexedLayer, indexedLayers } from "./extract.js";
import type { Mask } from "./mask.js";

/** One client's result, on its way into a block sum. */
export interface ClientUpdate {
  readonly spec: NetworkSpec;
  /** Valid for `spec` (see validateMask). */
  readonly mask: Mask;
  /** The client's parameters after training, float32 in the shape of its submodel (see extract). */
  readonly local: Float32Array | Pointer;
  /** The server's parameters at the start of the round, float32 [P]. */
  readonly server: Pointer;
  /** float64 [P]. */
  readonly sum: Pointer;
  readonly weight: number;
  /** indexedLayers of a structured mask, where they are in memory already. */
  readonly layers?: readonly IndexedLayer[] | undefined;
}

/** sum += weight * (local - server) on the parameters that the mask keeps. */
export function foldUpdate(engine: Engine, { spec, mask, local, server, sum, weight, layers }: ClientUpdate): void {
  requireWeight(weight);
  const { size } = layoutOf(spec);
  engine.arena.scope(() => {
    const trained =
      typeof local === "number" ? local : floatsIn(engine, "local", local, layoutOf(compileMask(spec, mask).spec).size);
    if (mask.kind === "full") return engine.kernels.aggregateFold(trained, server, sum, size, weight);
    if (mask.kind === "unstructured") {
      requireLength("mask.keep", mask.keep, size);
      return engine.kernels.aggregateFoldKept(trained, server, engine.arena.copyBytes(mask.keep), sum, size, weight);
    }
    for (const layer of layers ?? indexedLayers(engine, spec, compileMask(spec, mask))) {
      const { rows, rowCount, columns, columnCount, fanIn, fanOut, offset, packedOffset } = layer;
      engine.kernels.structuredFold(
        atFloat32(trained, packedOffset),
        rows,
        rowCount,
        columns,
        columnCount,
        atFloat32(server, offset),
        fanIn,
        fanOut,
        atFloat64(sum, offset),
        weight,
      );
    }
  });
}

/** A block's sum, float64 [length] in memory, rounded once to float32: what travels to the coordinator. */
export function roundSum(engine: Engine, sum: Pointer, length: number): Float32Array<ArrayBuffer> {
  return engine.arena.scope(() => {
    const rounded = engine.arena.floats(length);
    engine.kernels.aggregateRound(sum, rounded.pointer, length);
    return rounded.array.slice();
  });
}

export function requireWeight(weight: number): void {
  requireNumber("weight", weight, "must be positive and finite", (value) => value > 0);
}
