import { member } from "../../family.js";
import type { Aggregation } from "./aggregation.js";
import { weightedMean } from "./weighted-mean.js";

/** The average of arXiv 2310.08670, algorithm 1: over the clients that keep a parameter, by their weights. One client can move it anywhere. */
export const mean = member({
  kind: "mean",
  source: "McMahan et al., arXiv 1602.05629, algorithm 1; over clients that prune: arXiv 2310.08670, algorithm 1",
  text: "The coverage-weighted mean; arXiv 2310.08670.",
  fields: {},
  create: (): Aggregation => ({
    needsUpdates: false,
    weighted: true,
    leastUpdates: 1,
    aggregate(updates, into) {
      weightedMean(updates, into);
      return undefined;
    },
  }),
});
