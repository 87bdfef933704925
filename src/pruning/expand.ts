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

/**
 * Calls visit(start, end, packed) for runs [start, end) that together are the kept entries of the flat vector, each once, ascending;
 * `packed` is where a run starts in the vector of the submodel.
 */
export function visitKept(
  spec: NetworkSpec,
  mask: StructuredMask,
  visit: (start: number, end: number, packed: number) => void,
): void {
  const units = keptUnits(spec, mask);
  const runs = units.map(runsOf);
  let packed = 0;
  for (const { kind, layer, offset, shape } of layoutOf(spec).entries) {
    if (kind === "bias") {
      visitRuns(runs[layer + 1], offset, packed, visit);
      packed += units[layer + 1].length;
      continue;
    }
    for (const row of units[layer + 1]) {
      visitRuns(runs[layer], offset + row * shape[1], packed, visit);
      packed += units[layer].length;
    }
  }
}

/** Neighbouring indices: [starts[k], ends[k]). */
interface Runs {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

function visitRuns(
  { starts, ends }: Runs,
  offset: number,
  packed: number,
  visit: (start: number, end: number, packed: number) => void,
): void {
  for (let k = 0, at = packed; k < starts.length; k++) {
    visit(offset + starts[k], offset + ends[k], at);
    at += ends[k] - starts[k];
  }
}

function runsOf(ascending: Uint32Array): Runs {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const index of ascending) {
    if (ends.at(-1) === index) ends[ends.length - 1]++;
    else {
      starts.push(index);
      ends.push(index + 1);
    }
  }
  return { starts, ends };
}
