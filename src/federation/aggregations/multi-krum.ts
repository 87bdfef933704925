import { member } from "../../family.js";
import { integer, optional } from "../../fields.js";
import type { Aggregation } from "./aggregation.js";
import { attackersField } from "./krum.js";
import { krumOrder, leastFor } from "./krum-order.js";
import { meanOfSelected } from "./selected-mean.js";

/** The mean, over those that keep a parameter, of the m updates with the best scores of Krum. */
export const multiKrum = member({
  kind: "multi-krum",
  source: "Blanchard et al., Machine Learning with Adversaries, NeurIPS 2017, arXiv 1703.02757 (Multi-Krum)",
  text: "The mean of the updates that lie closest to their nearest neighbours; arXiv 1703.02757.",
  fields: {
    attackers: attackersField,
    selected: integer(
      "[1, inf)",
      optional,
      "m: updates that are averaged, at most n - f of a round's n. Default: n - f.",
    ),
  },
  create: ({ attackers, selected = Number.POSITIVE_INFINITY }): Aggregation => ({
    needsUpdates: true,
    weighted: false,
    leastUpdates: leastFor(attackers),
    aggregate(updates, into) {
      const count = Math.min(selected, updates.length - attackers);
      return meanOfSelected(updates, into, krumOrder(updates, attackers).slice(0, count));
    },
  }),
});
