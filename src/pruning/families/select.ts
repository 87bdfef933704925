import { requireNumber } from "../../errors.js";
import { type NetworkSpec, residualGroups } from "../../network/spec.js";
import type { Mask, MaskClient, MaskContext } from "../mask.js";

/** Hidden layers whose neurons are kept together: one layer, or several joined by residuals. */
export interface NeuronGroup {
  /** Position in residualGroups(spec). */
  readonly index: number;
  /** Hidden layers, 0-based. */
  readonly layers: readonly number[];
  readonly width: number;
}

/** Which neurons of a group to keep: `count` indices below its width, ascending. */
export type Select = (group: NeuronGroup, count: number) => Uint32Array;

export const fullMask: Mask = { kind: "full" };

export function neuronGroups(spec: NetworkSpec): NeuronGroup[] {
  return residualGroups(spec).map((layers, index) => ({ index, layers, width: spec.hidden[layers[0]] }));
}

/** ceil(keepRatio * total), at least 1; a product within 1e-9 of an integer is that integer (0.07 * 100 keeps 7). */
export function keepCount(keepRatio: number, total: number): number {
  return Math.max(1, Math.ceil(keepRatio * total - 1e-9));
}

/** True where the keep ratio leaves every hidden layer whole. */
export function keepsAll(spec: NetworkSpec, keepRatio: number): boolean {
  return spec.hidden.every((width) => keepCount(keepRatio, width) === width);
}

/** The structured mask of one client; { kind: "full" } where it would keep everything. */
export function selectMask(spec: NetworkSpec, keepRatio: number, select: Select): Mask {
  if (keepsAll(spec, keepRatio)) return fullMask;
  const kept = new Array<Uint32Array>(spec.hidden.length);
  for (const group of neuronGroups(spec)) {
    const neurons = select(group, keepCount(keepRatio, group.width));
    for (const layer of group.layers) kept[layer] = neurons;
  }
  return { kind: "structured", kept };
}

/** A mask per client of the context, made once for each keep ratio: clients of equal ratio share one object. */
export function assignByRatio({ clients }: MaskContext, maskOf: (keepRatio: number) => Mask): Mask[] {
  requireKeepRatios(clients);
  const masks = new Map<number, Mask>();
  return clients.map(({ keepRatio }) => {
    const mask = masks.get(keepRatio) ?? maskOf(keepRatio);
    masks.set(keepRatio, mask);
    return mask;
  });
}

/** Throws unless every client's keep ratio lies in (0, 1]. */
export function requireKeepRatios(clients: readonly MaskClient[]): void {
  clients.forEach(({ keepRatio }, position) => {
    if (!isKeepRatio(keepRatio))
      requireNumber(`clients[${position}].keepRatio`, keepRatio, "must lie in (0, 1]", isKeepRatio);
  });
}

function isKeepRatio(value: number): boolean {
  return typeof value === "number" && value > 0 && value <= 1;
}
