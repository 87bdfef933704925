import type { NetworkSpec } from "../../network/spec.js";
import { type Mask, maskFamily } from "../mask.js";
import { assignByRatio, selectMask } from "./select.js";

/** Of each network, by keep ratio: what is one object in all rounds is compiled, checked and sent once. */
const known = new WeakMap<NetworkSpec, Map<number, Mask>>();

/** Keeps the first neurons of each layer, so smaller clients' networks are nested in larger ones'. */
export const prefix = maskFamily({
  name: "prefix",
  source: "HeteroFL: Diao, Ding, Tarokh, arXiv 2010.01264; FjORD (ordered dropout): Horváth et al., arXiv 2102.13451",
  isByRule: true,
  assign: (context) => assignByRatio(context, (keepRatio) => prefixMask(context.spec, keepRatio)),
});

function prefixMask(spec: NetworkSpec, keepRatio: number): Mask {
  const masks = known.get(spec) ?? new Map<number, Mask>();
  known.set(spec, masks);
  const mask =
    masks.get(keepRatio) ??
    selectMask(spec, keepRatio, (_, count) => Uint32Array.from({ length: count }, (_, neuron) => neuron));
  masks.set(keepRatio, mask);
  return mask;
}
