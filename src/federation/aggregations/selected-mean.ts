import type { AggregatedUpdate, SingleUpdate } from "./aggregation.js";
import { weightedMean } from "./weighted-mean.js";

/**
 * The mean of some of the updates. A parameter that none of them keeps stays: what was left out moves nothing.
 * @param selected numbers of the updates.
 * @returns 1 for each update that is in it, 0 for the others.
 */
export function meanOfSelected(
  updates: readonly SingleUpdate[],
  into: AggregatedUpdate,
  selected: readonly number[],
): number[] {
  const isSelected = updates.map((_, index) => selected.includes(index));
  weightedMean(
    updates.filter((_, index) => isSelected[index]),
    into,
  );
  return isSelected.map(Number);
}
