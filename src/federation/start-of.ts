import { compileMask } from "../pruning/compiled-mask.js";
import { gatherKept } from "../pruning/kept-entries.js";
import type { Mask } from "../pruning/mask.js";
import type { TrainingSetup } from "./messages.js";

/** Where a client seems to start: float32 [kept]. An update that was encoded is decoded as one from 0. */
export function startOf(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  mask: Mask,
  parameters: Float32Array,
): Float32Array<ArrayBuffer> {
  const { network } = setup;
  const compiled = compileMask(network, mask);
  return isEncoded(setup) ? new Float32Array(compiled.kept) : gatherKept(compiled, parameters);
}

/** Whether updates travel otherwise than as float32. */
export function isEncoded({ encoding }: Pick<TrainingSetup, "encoding">): boolean {
  return encoding !== undefined && encoding.kind !== "float32";
}
