import { requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import type { Mask, StructuredMask } from "./mask.js";
import { keptUnits } from "./submodel.js";
import { validateMask } from "./validate.js";

/**
 * 0 or 1 per entry of the flat parameter vector. A weight is kept where both its units are, a bias where its neuron is;
 * input features and outputs are always kept.
 */
export function expandMask(spec: NetworkSpec, mask: Mask): Uint8Array {
  validateMask("mask", spec, mask);
  if (mask.kind === "unstructured") return mask.keep.slice();
  const keep = new Uint8Array(layoutOf(spec).size);
  if (mask.kind === "full") return keep.fill(1);
  visitKept(spec, mask, (start, end) => keep.fill(1, start, end));
  return keep;
}

/** Sets the pruned entries of `parameters`, float32 [P], to 0, in place. */
export function applyMask(spec: NetworkSpec, mask: Mask, parameters: Float32Array): void {
  requireLength("parameters", parameters, layoutOf(spec).size);
  if (mask.kind === "full") return;
  const keep = expandMask(spec, mask);
  for (let i = 0; i < keep.length; i++) if (keep[i] === 0) parameters[i] = 0;
}

/** A copy of `parameters`, float32 [P], with 0 where the mask prunes. */
export function maskedCopy(spec: NetworkSpec, mask: Mask, parameters: Float32Array): Float32Array {
  const copy = parameters.slice();
  applyMask(spec, mask, copy);
  return copy;
}

/** Calls `visit(start, end)` for runs [start, end) that together are the kept entries of the flat vector, each once, ascending. */
export function visitKept(spec: NetworkSpec, mask: StructuredMask, visit: (start: number, end: number) => void): void {
  const units = keptUnits(spec, mask);
  const runs = units.map(runsOf);
  for (const { kind, layer, offset, shape } of layoutOf(spec).entries) {
    const [rows, columns] = [units[layer + 1], runs[layer]];
    if (kind === "bias") {
      for (const [start, end] of runs[layer + 1]) visit(offset + start, offset + end);
      continue;
    }
    for (const row of rows) {
      const first = offset + row * shape[1];
      for (const [start, end] of columns) visit(first + start, first + end);
    }
  }
}

type Run = readonly [start: number, end: number];

function runsOf(ascending: Uint32Array): Run[] {
  const runs: [number, number][] = [];
  for (const index of ascending) {
    const last = runs.at(-1);
    if (last?.[1] === index) last[1]++;
    else runs.push([index, index + 1]);
  }
  return runs;
}
