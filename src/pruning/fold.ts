import { requireLength, requireNumber } from "../errors.js";
import { atFloat32, atFloat64, type Engine, type Float32Block, type Pointer } from "../kernels/index.js";
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

/** A block's sum, float64 [target.length] in memory, rounded once to float32: what travels to the coordinator. Returns `target`. */
export function roundSum<Target extends Float32Array>(engine: Engine, sum: Pointer, target: Target): Target {
  return engine.arena.scope(() => {
    const rounded = engine.arena.floats(target.length);
    engine.kernels.aggregateRound(sum, rounded.pointer, target.length);
    target.set(rounded.array);
    return target;
  });
}

/** Entries of a lone client's update that are on their way at a time: they stay in the second-level cache. */
const loneEntries = 16_384;

/** The sum of a block of one client, without a float64 [length] in memory: the same bits as of foldUpdate and roundSum. */
export function foldLone(
  engine: Engine,
  { local, server, weight }: { readonly local: Float32Block; readonly server: Pointer; readonly weight: number },
  target: Float32Array,
): void {
  requireWeight(weight);
  requireLength("target", target, local.length);
  const { arena, kernels } = engine;
  arena.scope(() => {
    const most = Math.min(loneEntries, local.length);
    const rounded = arena.floats(most);
    const { array, pointer } = rounded;
    for (let start = 0; start < local.length; start += most) {
      const length = Math.min(most, local.length - start);
      kernels.aggregateLone(atFloat32(local.pointer, start), atFloat32(server, start), pointer, length, weight);
      target.set(length < most ? array.subarray(0, length) : array, start);
    }
  });
}

export function requireWeight(weight: number): void {
  requireNumber("weight", weight, "must be positive and finite", (value) => value > 0);
}
