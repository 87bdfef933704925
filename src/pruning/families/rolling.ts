import { maskFamily } from "../mask.js";
import { assignByRatio, selectMask } from "./select.js";

/** Keeps a cyclic window of each layer whose start advances by one neuron a round: a layer of n is covered after n rounds. */
export const rolling = maskFamily({
  name: "rolling",
  source: "FedRolex: Alam, Liu, Yan, Zhang, arXiv 2212.01548",
  isByRule: true,
  assign: (context) =>
    assignByRatio(context, (keepRatio) =>
      selectMask(context.spec, keepRatio, ({ width }, count) =>
        Uint32Array.from({ length: count }, (_, position) => (context.round + position) % width).sort(),
      ),
    ),
});
