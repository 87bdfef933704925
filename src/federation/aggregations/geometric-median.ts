import { member } from "../../family.js";
import { integer, number } from "../../fields.js";
import type { AggregatedUpdate, Aggregation, SingleUpdate } from "./aggregation.js";
import { meanOfMiddle } from "./column-mean.js";
import { scaledDistance } from "./distance.js";

/**
 * The v that minimizes sum_k w_k |v - u_k|_k, where |.|_k is the root of P / p_k times the sum of squares over the p_k parameters that client k keeps: a
 * sum of convex functions, and the geometric median where all clients keep everything. Smoothed Weiszfeld steps,
 * v_i <- sum_k b_k u_ki / sum_k b_k over the clients that keep i, with b_k = w_k (P / p_k) / max(smoothing, |v - u_k|_k), go down in the smoothed sum. They
 * start at the median of each parameter, which attackers cannot move away.
 */
export const geometricMedian = member({
  kind: "geometric-median",
  source:
    "Pillutla, Kakade and Harchaoui, Robust Aggregation for Federated Learning, arXiv 1912.13445, algorithm 2 (smoothed Weiszfeld)",
  text: "The point with the least sum of distances to the updates; arXiv 1912.13445.",
  fields: {
    smoothing: number("(0, inf)", 1e-6, "Distances below it count as it: nu of the paper."),
    iterations: integer("[1, 1000]", 16, "Weiszfeld steps."),
  },
  create: ({ smoothing, iterations }): Aggregation => ({
    needsUpdates: true,
    weighted: true,
    leastUpdates: 1,
    aggregate(updates, { update, weights }) {
      meanOfMiddle(updates, { update, weights }, (count) => (count - 1) >> 1);
      let factors: number[] = [];
      for (let step = 0; step < iterations; step++) {
        factors = updates.map((each) => 1 / Math.max(smoothing, scaledDistance(each, update)));
        weiszfeldStep(updates, factors, { update, weights });
      }
      const most = factors.reduce((largest, factor) => Math.max(largest, factor));
      return factors.map((factor) => factor / most);
    },
  }),
});

/** @param factors of each update: 1 over its distance. */
function weiszfeldStep(
  updates: readonly SingleUpdate[],
  factors: readonly number[],
  { update, weights }: AggregatedUpdate,
): void {
  const divisors = new Float64Array(update.length);
  update.fill(0);
  weights.fill(0);
  for (const [index, { keep, values, weight }] of updates.entries()) {
    const scale = weight * (keep.length / values.length) * factors[index];
    for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
      if (keep[parameter] === 0) continue;
      update[parameter] += scale * values[next++];
      divisors[parameter] += scale;
      weights[parameter] += weight;
    }
  }
  for (let parameter = 0; parameter < update.length; parameter++)
    if (divisors[parameter] > 0) update[parameter] /= divisors[parameter];
}
