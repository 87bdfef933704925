import { requireFloats } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { compileMask } from "./compiled-mask.js";
import type { Mask } from "./mask.js";
import { validateMask } from "./validate.js";

/**
 * 0 or 1 per entry of the flat parameter vector. A weight is kept where both its units are, a bias where its neuron is;
 * input features and outputs are always kept.
 */
export function expandMask(spec: NetworkSpec, mask: Mask): Uint8Array {
  validateMask("mask", spec, mask);
  return compileMask(spec, mask).keep.slice();
}

/** Sets the pruned entries of `parameters`, float32 [P], to 0, in place. */
export function applyMask(spec: NetworkSpec, mask: Mask, parameters: Float32Array): void {
  validateMask("mask", spec, mask);
  requireFloats("parameters", parameters, layoutOf(spec).size);
  if (mask.kind === "full") return;
  const { keep } = compileMask(spec, mask);
  for (let i = 0; i < keep.length; i++) if (keep[i] === 0) parameters[i] = 0;
}

/** A copy of `parameters`, float32 [P], with 0 where the mask prunes. */
export function maskedCopy(spec: NetworkSpec, mask: Mask, parameters: Float32Array): Float32Array {
  requireFloats("parameters", parameters, layoutOf(spec).size);
  const copy = parameters.slice();
  applyMask(spec, mask, copy);
  return copy;
}
