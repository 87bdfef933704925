import { layoutOf, type NetworkSpec, residualGroups } from "../../src/network/spec.js";
import { expandMask } from "../../src/pruning/expand.js";
import type { Mask, MaskContext } from "../../src/pruning/mask.js";
import { simdEngine } from "./engines.js";
import { networkOf } from "./networks.js";
import { testNumbers } from "./numbers.js";

const simd = await simdEngine();

/** A context of clients 0, 1, ... with the given keep ratios; deterministic parameters of mixed sign and size. */
export function contextOf(keepRatios: readonly number[], overrides: Partial<MaskContext> = {}): MaskContext {
  const spec = overrides.spec ?? networkOf();
  return {
    engine: simd,
    spec,
    seed: 1,
    round: 0,
    clients: keepRatios.map((keepRatio, id) => ({ id, keepRatio })),
    parameters: testNumbers(layoutOf(spec).size, 1),
    ...overrides,
  };
}

/** The kept neurons of a hidden layer; all where the mask is full. */
export function keptOf(spec: NetworkSpec, mask: Mask, layer: number): number[] {
  if (mask.kind === "structured") return [...mask.kept[layer]];
  return Array.from({ length: spec.hidden[layer] }, (_, neuron) => neuron);
}

/** How many masks keep each neuron of a hidden layer. */
export function neuronCounts(spec: NetworkSpec, masks: readonly Mask[], layer: number): number[] {
  const counts = new Array<number>(spec.hidden[layer]).fill(0);
  for (const mask of masks) for (const neuron of keptOf(spec, mask, layer)) counts[neuron]++;
  return counts;
}

/** Flat indices of the parameters that leave with a neuron of a hidden layer and those it is joined with. */
export function parametersOfNeuron(spec: NetworkSpec, layer: number, neuron: number): number[] {
  const group = residualGroups(spec).find((layers) => layers.includes(layer)) ?? [];
  const kept = spec.hidden.map((width, l) =>
    Uint32Array.from({ length: width }, (_, n) => n).filter((n) => !(group.includes(l) && n === neuron)),
  );
  // A layer of one neuron cannot be emptied by a mask, so only wider layers are asked for.
  const keep = expandMask(spec, { kind: "structured", kept });
  return Array.from(keep.keys()).filter((i) => keep[i] === 0);
}

/** Which flat parameters are biases. */
export function biasFlags(spec: NetworkSpec): boolean[] {
  return layoutOf(spec).entries.flatMap(({ kind, length }) => new Array<boolean>(length).fill(kind === "bias"));
}
