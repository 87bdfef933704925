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
): Float32Array<ArrayBuffer> {
  const { network } = setup;
  const compiled = compileMask(network, mask);
  return encodingOf(setup) ? new Float32Array(compiled.kept) : gatherKept(compiled, parameters);
}

/** How updates travel; undefined: as float32. */
export function encodingOf({ encoding }: Pick<TrainingSetup, "encoding">): EncodingSpec | undefined {
  return encoding?.kind === "float32" ? undefined : encoding;
}
