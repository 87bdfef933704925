import type { SingleUpdate } from "./aggregation.js";

/** Euclidean norm of an update, scaled to the whole network: the root of P / kept times the sum of squares of what the client keeps. */
export function scaledNorm({ keep, values }: SingleUpdate): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt((keep.length / values.length) * squares);
}

/** The same of its difference from a vector, float64 [P]. */
export function scaledDistance({ keep, values }: SingleUpdate, point: Float64Array): number {
  let squares = 0;
  for (let parameter = 0, next = 0; parameter < keep.length; parameter++) {
    if (keep[parameter] === 0) continue;
    const difference = values[next++] - point[parameter];
    squares += difference * difference;
  }
  return Math.sqrt((keep.length / values.length) * squares);
}

/** The squared distance of two updates over the parameters that both keep, times P over their number. Infinity where there are none. */
export function squaredPairDistance(a: SingleUpdate, b: SingleUpdate): number {
  let [squares, shared, nextA, nextB] = [0, 0, 0, 0];
  for (let parameter = 0; parameter < a.keep.length; parameter++) {
    const [keptByA, keptByB] = [a.keep[parameter], b.keep[parameter]];
    if (keptByA + keptByB === 2) {
      const difference = a.values[nextA] - b.values[nextB];
      squares += difference * difference;
      shared++;
    }
    nextA += keptByA;
    nextB += keptByB;
  }
  return shared === 0 ? Number.POSITIVE_INFINITY : (a.keep.length / shared) * squares;
}
