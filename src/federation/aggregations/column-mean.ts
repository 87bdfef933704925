import type { AggregatedUpdate, SingleUpdate } from "./aggregation.js";
import { eachColumn } from "./columns.js";

/**
 * For each parameter the mean of what is left of its values once the `cut(count)` smallest and as many of the largest are taken away. Clients count alike.
 * @param cut fewer than half of `count`.
 * @returns the share of its parameters in which the value of each client lies within what is left.
 */
export function meanOfMiddle(
  updates: readonly SingleUpdate[],
  { update, weights }: AggregatedUpdate,
  cut: (count: number) => number,
): number[] {
  const within = new Float64Array(updates.length);
  const sorted = new Float32Array(updates.length);
  eachColumn(updates, (parameter, values, owners) => {
    const count = values.length;
    sorted.set(values);
    sorted.subarray(0, count).sort();
    const first = cut(count);
    const end = count - first;
    let sum = 0;
    for (let i = first; i < end; i++) sum += sorted[i];
    update[parameter] = sum / (end - first);
    weights[parameter] = count;
    const [low, high] = [sorted[first], sorted[end - 1]];
    for (let i = 0; i < count; i++) if (values[i] >= low && values[i] <= high) within[owners[i]]++;
  });
  return updates.map(({ values }, index) => within[index] / values.length);
}
