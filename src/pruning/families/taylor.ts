import { requireLength } from "../../errors.js";
import { maskFamily } from "../mask.js";
import { assignByScore } from "./importance.js";
import { assignByMagnitude } from "./magnitude.js";

/**
 * Keeps the neurons of each layer with the largest sum of |parameter * gradient|: to first order, what the loss changes without
 * them. The last aggregated update stands for the gradient, to which it is proportional; before the first update the
 * family is `magnitude`. A neuron that no client kept in the last round has an update, hence a score, of 0.
 */
export const taylor = maskFamily({
  name: "taylor",
  source: "Molchanov, Mallya, Tyree, Frosio, Kautz: Importance Estimation for Neural Network Pruning, arXiv 1906.10771",
  assign(context) {
    const { parameters, update } = context;
    if (!update) return assignByMagnitude(context);
    requireLength("update", update, parameters.length);
    return assignByScore(context, (i) => Math.abs(parameters[i] * update[i]));
  },
});
