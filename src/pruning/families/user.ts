import { ArgumentError, requireArray } from "../../errors.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { Mask, MaskFamily } from "../mask.js";
import { validateMask } from "../validate.js";

/**
 * Masks of your own, of the library alone: they are arrays as long as the network, which no config holds. Keep ratios are not read.
 * @param masks masks[n] is client n's, in every round: structured sets or arbitrary 0/1 vectors.
 */
export function userMasks(masks: readonly Mask[]): MaskFamily {
  requireArray("masks", masks, "must be an array of masks");
  let validFor: NetworkSpec | undefined;
  return {
    name: "user",
    source: "Arbitrary pruning: Zhou, Lan, Venkataramani, Ding, arXiv 2310.08670",
    assign({ spec, clients }) {
      if (validFor !== spec) for (const [n, mask] of masks.entries()) validateMask(`masks[${n}]`, spec, mask);
      validFor = spec;
      return clients.map(({ id }) => {
        const mask = masks[id];
        if (!mask) throw new ArgumentError("masks", `must have an entry for client ${id}`, masks.length);
        return mask;
      });
    },
  };
}
