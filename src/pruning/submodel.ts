import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "./compiled-mask.js";
import type { Mask } from "./mask.js";
import { validateMask } from "./validate.js";

/** The network that a client with this mask runs: see CompiledMask. */
export function extractedSpec(spec: NetworkSpec, mask: Mask): NetworkSpec {
  return compileMask(spec, mask).spec;
}

/** Number of parameters that the mask keeps: the ones of the expanded mask. */
export function keptParameters(spec: NetworkSpec, mask: Mask): number {
  validateMask("mask", spec, mask);
  return compileMask(spec, mask).kept;
}

/**
 * Multiply-adds x 2 of one sample's forward pass through the network that the client runs. An unstructured mask saves
 * none: its zeros are multiplied like any other number.
 */
export function keptFlops(spec: NetworkSpec, mask: Mask): number {
  validateMask("mask", spec, mask);
  return compileMask(spec, mask).forwardFlops;
}
