import { member } from "../../family.js";
import type { Aggregation } from "./aggregation.js";
import { meanOfMiddle } from "./column-mean.js";

/** Of each parameter the median over the clients that keep it: of an even number, the mean of the two in the middle. */
export const median = member({
  kind: "median",
  source:
    "Yin et al., Byzantine-Robust Distributed Learning, ICML 2018, arXiv 1803.01498, definition 1 and algorithm 1, option I",
  text: "The median of each parameter over the clients that keep it; arXiv 1803.01498.",
  fields: {},
  create: (): Aggregation => ({
    needsUpdates: true,
    weighted: false,
    leastUpdates: 1,
    aggregate: (updates, into) => meanOfMiddle(updates, into, (count) => (count - 1) >> 1),
  }),
});
