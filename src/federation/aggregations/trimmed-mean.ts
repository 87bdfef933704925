import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { Aggregation } from "./aggregation.js";
import { meanOfMiddle } from "./column-mean.js";

/**
 * Of each parameter the mean over the clients that keep it, without the largest and the smallest: of c clients ceil(trim * c) at either end, and as
 * many as leave one or two where that would leave none.
 */
export const trimmedMean = member({
  kind: "trimmed-mean",
  source:
    "Yin et al., Byzantine-Robust Distributed Learning, ICML 2018, arXiv 1803.01498, definition 2 and algorithm 1, option II",
  text: "The mean of each parameter without its largest and smallest values; arXiv 1803.01498.",
  fields: {
    trim: number(
      "[0, 0.5)",
      0.25,
      "Share of the clients that keep a parameter whose values are cut at either end, rounded up: at least the share of attackers.",
    ),
  },
  create: ({ trim }): Aggregation => ({
    needsUpdates: true,
    weighted: false,
    leastUpdates: 1,
    aggregate: (updates, into) =>
      meanOfMiddle(updates, into, (count) => Math.min(Math.ceil(trim * count), (count - 1) >> 1)),
  }),
});
