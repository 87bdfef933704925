import type { SingleUpdate } from "./aggregation.js";

/**
 * Called for a parameter that somebody keeps.
 * @param values float32: what the clients that keep it have for it, in the order of the updates. Valid during the call; may be sorted.
 * @param owners numbers of their updates.
 */
export type VisitColumn = (parameter: number, values: Float32Array, owners: Uint32Array) => void;

/** Visits each parameter that somebody keeps with all that clients have for it, in ascending order. */
export function eachColumn(updates: readonly SingleUpdate[], visit: VisitColumn): void {
  const [{ keep }] = updates;
  const values = viewsOf(new Float32Array(updates.length));
  const owners = viewsOf(new Uint32Array(updates.length));
  const [allValues, allOwners] = [values[updates.length], owners[updates.length]];
  const next = new Uint32Array(updates.length);
  for (let parameter = 0; parameter < keep.length; parameter++) {
    let count = 0;
    for (let index = 0; index < updates.length; index++) {
      if (updates[index].keep[parameter] === 0) continue;
      allValues[count] = updates[index].values[next[index]++];
      allOwners[count++] = index;
    }
    if (count > 0) visit(parameter, values[count], owners[count]);
  }
}

/** The first 0, 1, ... and all entries of a vector, so that a column takes no new view. */
function viewsOf<Vector extends Float32Array | Uint32Array>(vector: Vector): Vector[] {
  return Array.from({ length: vector.length + 1 }, (_, count) => vector.subarray(0, count) as Vector);
}
