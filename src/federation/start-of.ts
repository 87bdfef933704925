import { compileMask } from "../pruning/compiled-mask.js";
import { gatherKept } from "../pruning/kept-entries.js";
import type { Mask } from "../pruning/mask.js";
import type { EncodingSpec } from "./encodings/index.js";
import type { TrainingSetup } from "./messages.js";

/** Where a client seems to start: float32 [kept]. An update that was encoded is decoded as one from 0. */
export function startOf(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  mask: Mask,
  parameters: Float32Array,
  clips: boolean,
): Float32Array<ArrayBuffer> {
  const { network } = setup;
  const compiled = compileMask(network, mask);
  return encodingOf(setup, clips) ? new Float32Array(compiled.kept) : gatherKept(compiled, parameters);
}

/**
 * How updates travel; undefined: clients say where they ended, as float32.
 * @param clips whether updates have a largest norm: they are then summed as they travel, since at the server's parameters they would round.
 */
export function encodingOf({ encoding }: Pick<TrainingSetup, "encoding">, clips: boolean): EncodingSpec | undefined {
  if (encoding && encoding.kind !== "float32") return encoding;
  return clips ? { kind: "float32" } : undefined;
}
