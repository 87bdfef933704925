import { ArgumentError, ArgumentTypeError, requireArray, requireLength, requireText, requireTyped } from "../errors.js";
import { joinedLayers, layoutOf, type NetworkSpec } from "../network/spec.js";
import type { Mask } from "./mask.js";

/**
 * Throws unless `mask` fits the network: structured, one Uint32Array per hidden layer of at least one neuron, strictly
 * ascending, below the layer's width, equal in joined layers; unstructured, a Uint8Array of P entries, each 0 or 1.
 */
export function validateMask(argument: string, spec: NetworkSpec, mask: Mask): void {
  requireText("argument", argument);
  layoutOf(spec);
  if (typeof mask !== "object" || mask === null) throw new ArgumentTypeError(argument, "must be a mask", mask);
  if (mask.kind === "structured") validateKept(`${argument}.kept`, spec, mask.kept);
  else if (mask.kind === "unstructured") validateKeep(`${argument}.keep`, spec, mask.keep);
  else if (mask.kind !== "full") {
    const { kind } = mask as { kind: unknown };
    throw new ArgumentError(`${argument}.kind`, 'must be "full", "structured" or "unstructured"', kind);
  }
}

function validateKept(argument: string, spec: NetworkSpec, kept: readonly Uint32Array[]): void {
  requireArray(argument, kept, "must be an array of Uint32Array");
  requireLength(argument, kept, spec.hidden.length);
  kept.forEach((neurons, layer) => {
    validateNeurons(`${argument}[${layer}]`, neurons, spec.hidden[layer]);
  });
  joinedLayers(spec).forEach((joined, layer) => {
    if (!joined) return;
    const [before, neurons] = [kept[layer - 1], kept[layer]];
    requireLength(`${argument}[${layer}], joined to layer ${layer - 1} by a residual,`, neurons, before.length);
    neurons.forEach((neuron, position) => {
      if (neuron !== before[position]) {
        const rule = `must equal ${argument}[${layer - 1}][${position}] = ${before[position]}, a residual joins the layers`;
        throw new ArgumentError(`${argument}[${layer}][${position}]`, rule, neuron);
      }
    });
  });
}

function validateNeurons(argument: string, neurons: Uint32Array, width: number): void {
  requireTyped(argument, neurons, Uint32Array);
  if (neurons.length === 0) throw new ArgumentError(argument, "must keep at least 1 neuron", 0);
  neurons.forEach((neuron, position) => {
    if (neuron >= width)
      throw new ArgumentError(`${argument}[${position}]`, `must be below the layer's width ${width}`, neuron);
    const before = neurons[position - 1];
    if (before !== undefined && neuron <= before) {
      throw new ArgumentError(
        `${argument}[${position}]`,
        `must be above ${argument}[${position - 1}] = ${before} (strictly ascending)`,
        neuron,
      );
    }
  });
}

function validateKeep(argument: string, spec: NetworkSpec, keep: Uint8Array): void {
  requireTyped(argument, keep, Uint8Array);
  requireLength(argument, keep, layoutOf(spec).size);
  for (let i = 0; i < keep.length; i++) {
    if (keep[i] > 1) throw new ArgumentError(`${argument}[${i}]`, "must be 0 or 1", keep[i]);
  }
}
