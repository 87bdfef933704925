import { member } from "../../family.js";
import { number, optional } from "../../fields.js";
import type { Aggregation } from "./aggregation.js";
import { scaledNorm } from "./distance.js";
import { medianOf } from "./middle.js";
import { weightedMean } from "./weighted-mean.js";

/**
 * The coverage-weighted mean of updates u min(1, C / |u|): nobody moves the server farther than C times its share. |u| is scaled to the whole network, so
 * that a client that keeps a part of it is measured like the others.
 */
export const normClipping = member({
  kind: "norm-clipping",
  source: "Sun et al., Can You Really Backdoor Federated Learning?, arXiv 1911.07963 (norm thresholding of updates)",
  text: "The coverage-weighted mean of updates whose norm is limited; arXiv 1911.07963.",
  fields: {
    norm: number("(0, inf)", optional, "Largest norm of an update. Default: by the norms of the round."),
    factor: number(
      "(0, inf)",
      optional,
      "In place of `norm`: the largest norm in multiples of the median norm of the round's updates. Default: 1.",
    ),
  },
  check({ norm, factor }) {
    if (norm === undefined || factor === undefined) return undefined;
    return { path: ["factor"], rule: "must be left out where norm says the largest norm", value: factor };
  },
  create: ({ norm, factor = 1 }): Aggregation => ({
    needsUpdates: true,
    weighted: true,
    leastUpdates: 1,
    aggregate(updates, into) {
      const norms = updates.map(scaledNorm);
      const most = norm ?? factor * medianOf(norms);
      const shares = norms.map((each) => (each > most ? most / each : 1));
      weightedMean(updates, into, shares);
      return shares;
    },
  }),
});
