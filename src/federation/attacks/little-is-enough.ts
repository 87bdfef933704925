import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { SingleUpdate } from "../aggregations/aggregation.js";
import { attackFields, type UpdateAttack } from "./attack.js";

/**
 * All attackers send mean - z * standard deviation of each parameter over the honest clients that keep it: a step to one side that no single parameter gives away. In
 * the paper attackers estimate both from their own clean updates; here they know the honest ones, which makes them no weaker. A parameter that no honest client keeps is sent as
 * it was found.
 */
export const littleIsEnough = member({
  kind: "little-is-enough",
  source: "Baruch, Baruch and Goldberg, A Little Is Enough, NeurIPS 2019, arXiv 1902.06156, algorithm 3",
  text: "Attackers send a common update within the spread of the honest ones; arXiv 1902.06156.",
  fields: {
    ...attackFields,
    deviations: number("(0, inf)", 1.5, "z: standard deviations of the honest updates between theirs and their mean."),
  },
  create: ({ deviations }): UpdateAttack => ({
    on: "updates",
    corrupt({ honest, attackers }) {
      if (attackers.length === 0) return [];
      const { counts, means, squares } = momentsOf(honest, attackers[0].keep.length);
      return attackers.map(({ keep, values }) => {
        const sent = Float64Array.from(values);
        for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
          if (keep[parameter] === 0) continue;
          const count = counts[parameter];
          if (count > 0) sent[next] = means[parameter] - deviations * Math.sqrt(squares[parameter] / count);
          next++;
        }
        return sent;
      });
    },
  }),
});

/** By parameter: clients that keep it, their mean, and the sum of squares about it (Welford 1962). */
function momentsOf(updates: readonly SingleUpdate[], size: number) {
  const [counts, means, squares] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (const { keep, values } of updates) {
    for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
      if (keep[parameter] === 0) continue;
      const value = values[next++];
      const before = value - means[parameter];
      means[parameter] += before / ++counts[parameter];
      squares[parameter] += before * (value - means[parameter]);
    }
  }
  return { counts, means, squares };
}
