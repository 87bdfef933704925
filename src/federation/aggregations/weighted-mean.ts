import type { AggregatedUpdate, SingleUpdate } from "./aggregation.js";

/**
 * The mean over the clients that keep each parameter of factor * values, in float64: each is multiplied by its weight, and their sum divided by the sum of weights.
 * @param factors one for each update. Default: 1.
 */
export function weightedMean(
  updates: readonly SingleUpdate[],
  { update, weights }: AggregatedUpdate,
  factors?: readonly number[],
): void {
  for (const [index, { keep, values, weight }] of updates.entries()) {
    const scale = weight * (factors?.[index] ?? 1);
    for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
      if (keep[parameter] === 0) continue;
      update[parameter] += scale * values[next++];
      weights[parameter] += weight;
    }
  }
  for (let parameter = 0; parameter < update.length; parameter++)
    if (weights[parameter] > 0) update[parameter] /= weights[parameter];
}
