import { Purpose, RandomStream } from "../../kernels/index.js";
import { maskFamily } from "../mask.js";
import { requireKeepRatios, selectMask } from "./select.js";

/** Keeps a uniformly random set of neurons of each layer, fresh for every client and round. */
export const random = maskFamily({
  name: "random",
  source: "Federated dropout: Caldas, Konečný, McMahan, Talwalkar, arXiv 1812.07210",
  isByRule: true,
  assign({ engine, spec, seed, round, clients }) {
    requireKeepRatios(clients);
    return clients.map(({ id, keepRatio }) => {
      const stream = new RandomStream(engine, { seed, purpose: Purpose.mask, round, client: id });
      return selectMask(spec, keepRatio, ({ width }, count) => {
        const neurons = Uint32Array.from({ length: width }, (_, neuron) => neuron);
        stream.shuffle(neurons);
        return neurons.slice(0, count).sort();
      });
    });
  },
});
