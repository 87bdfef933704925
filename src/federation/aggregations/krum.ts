import { member } from "../../family.js";
import { integer } from "../../fields.js";
import type { Aggregation } from "./aggregation.js";
import { krumOrder, leastFor } from "./krum-order.js";
import { meanOfSelected } from "./selected-mean.js";

export const attackersField = integer(
  "[0, inf)",
  1,
  "f: attackers that are assumed among the clients of a round, at most (n - 3) / 2 of n.",
);

/**
 * The update of one client: the one that lies closest to its n - f - 2 nearest neighbours. Distances are over the parameters that both clients keep, scaled to
 * the whole network; two that share none are infinitely far apart. What the chosen client does not keep stays.
 */
export const krum = member({
  kind: "krum",
  source: "Blanchard et al., Machine Learning with Adversaries, NeurIPS 2017, arXiv 1703.02757",
  text: "The one update that lies closest to its nearest neighbours; arXiv 1703.02757.",
  fields: { attackers: attackersField },
  create: ({ attackers }): Aggregation => ({
    needsUpdates: true,
    weighted: false,
    leastUpdates: leastFor(attackers),
    aggregate: (updates, into) => meanOfSelected(updates, into, krumOrder(updates, attackers).slice(0, 1)),
  }),
});
