import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import type { Mask } from "../pruning/mask.js";
import type { TrainingSetup } from "./messages.js";

/** The entries of the server's parameters, float32 [P], that a mask keeps, in their order: what its client is sent. */
export function keptParameters(network: NetworkSpec, mask: Mask, parameters: Float32Array): Float32Array<ArrayBuffer> {
  const compiled = compileMask(network, mask);
  const kept = new Float32Array(compiled.kept);
  if (mask.kind === "unstructured") {
    let to = 0;
    for (let i = 0; i < parameters.length; i++) if (mask.keep[i] === 1) kept[to++] = parameters[i];
  } else {
    compiled.visit((start, end, packed) => kept.set(parameters.subarray(start, end), packed));
  }
  return kept;
}

/** Where a client seems to start: float32 [kept]. An update that was encoded is decoded as one from 0. */
export function startOf(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  mask: Mask,
  parameters: Float32Array,
): Float32Array<ArrayBuffer> {
  const { network } = setup;
  return isEncoded(setup)
    ? new Float32Array(compileMask(network, mask).kept)
    : keptParameters(network, mask, parameters);
}

/** Whether updates travel otherwise than as float32. */
export function isEncoded({ encoding }: Pick<TrainingSetup, "encoding">): boolean {
  return encoding !== undefined && encoding.kind !== "float32";
}
