import { maskFamily } from "../mask.js";
import { assignByRatio, selectMask } from "./select.js";

/** Keeps the first neurons of each layer, so smaller clients' networks are nested in larger ones'. */
export const prefix = maskFamily({
  name: "prefix",
  source: "HeteroFL: Diao, Ding, Tarokh, arXiv 2010.01264; FjORD (ordered dropout): Horváth et al., arXiv 2102.13451",
  assign: (context) =>
    assignByRatio(context, (keepRatio) =>
      selectMask(context.spec, keepRatio, (_, count) => Uint32Array.from({ length: count }, (_, neuron) => neuron)),
    ),
});
