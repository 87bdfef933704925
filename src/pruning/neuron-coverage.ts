import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { groupMasks } from "./group.js";
import type { Mask } from "./mask.js";

/**
 * How many clients keep each neuron of the hidden layers: float64 [width] a layer. A client with an unstructured mask counts with the share of
 * the neuron's incoming weights that it keeps.
 * @param masks the valid masks of a round, one a client.
 */
export function neuronCoverage(spec: NetworkSpec, masks: readonly Mask[]): Float64Array[] {
  const { maps } = layoutOf(spec);
  const layers = spec.hidden.map((width) => new Float64Array(width));
  for (const { mask, clients } of groupMasks(masks)) {
    layers.forEach((counts, layer) => {
      if (mask.kind === "full") for (let neuron = 0; neuron < counts.length; neuron++) counts[neuron] += clients;
      else if (mask.kind === "structured") for (const neuron of mask.kept[layer]) counts[neuron] += clients;
      else {
        const { fanIn, offset } = maps[layer];
        for (let neuron = 0; neuron < counts.length; neuron++) {
          let kept = 0;
          for (let input = 0; input < fanIn; input++) kept += mask.keep[offset + neuron * fanIn + input];
          counts[neuron] += (clients * kept) / fanIn;
        }
      }
    });
  }
  return layers;
}
