import { joinedLayers, layoutOf, type NetworkSpec } from "../network/spec.js";
import type { Mask, StructuredMask } from "./mask.js";

/**
 * The network that a client with this mask runs: hidden widths shrink; inputs, outputs and joints stay. A full or
 * unstructured mask runs `spec` itself.
 */
export function extractedSpec(spec: NetworkSpec, mask: Mask): NetworkSpec {
  if (mask.kind !== "structured") return spec;
  const smaller = { ...spec, hidden: mask.kept.map((neurons) => neurons.length) };
  return spec.residual || spec.joints ? { ...smaller, joints: joinedLayers(spec) } : smaller;
}

/** 0 ... width - 1, made once for each width: inputs and outputs are kept whole by every mask. */
const wholeLayers = new Map<number, Uint32Array>();

function wholeLayer(width: number): Uint32Array {
  const known = wholeLayers.get(width);
  if (known) return known;
  const units = Uint32Array.from({ length: width }, (_, unit) => unit);
  wholeLayers.set(width, units);
  return units;
}

/**
 * Kept units of every layer, inputs and outputs included: one ascending array per entry of `layoutOf(spec).widths`. Not to be
 * changed.
 */
export function keptUnits(spec: NetworkSpec, mask: StructuredMask): readonly Uint32Array[] {
  return layoutOf(spec).widths.map((width, index) => mask.kept[index - 1] ?? wholeLayer(width));
}

/** The same function, computed once for each mask object: clients of equal capacity often share theirs. */
export function oncePerMask<Value>(of: (mask: Mask) => Value): (mask: Mask) => Value {
  const known = new Map<Mask, Value>();
  return (mask) => {
    const found = known.get(mask);
    if (found !== undefined) return found;
    const value = of(mask);
    known.set(mask, value);
    return value;
  };
}

/** Number of parameters that the mask keeps: the ones of the expanded mask. */
export function keptParameters(spec: NetworkSpec, mask: Mask): number {
  if (mask.kind === "unstructured") return mask.keep.reduce((count, keep) => count + keep, 0);
  return layoutOf(extractedSpec(spec, mask)).size;
}

/**
 * Multiply-adds x 2 of one sample's forward pass through the network that the client runs. An unstructured mask saves
 * none: its zeros are multiplied like any other number.
 */
export function keptFlops(spec: NetworkSpec, mask: Mask): number {
  const weights = layoutOf(extractedSpec(spec, mask)).entries.filter((entry) => entry.kind === "weight");
  return weights.reduce((sum, weight) => sum + 2 * weight.length, 0);
}
