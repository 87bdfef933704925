import type { Pointer } from "../arena.js";

/** Vectors of `length` entries: sums float64, parameters float32, keep one byte an entry. */
export interface AggregateKernels {
  /** sum[i] += weight * (local[i] - server[i]). */
  aggregateFold(local: Pointer, server: Pointer, sum: Pointer, length: number, weight: number): void;
  /** sum[i] += weight * (local[i] - server[i]) where keep[i] is not 0. */
  aggregateFoldKept(local: Pointer, server: Pointer, keep: Pointer, sum: Pointer, length: number, weight: number): void;
  /** rounded[i] = sum[i] in float32. */
  aggregateRound(sum: Pointer, rounded: Pointer, length: number): void;
}

export const aggregateArity = {
  aggregateFold: 5,
  aggregateFoldKept: 6,
  aggregateRound: 3,
} satisfies Record<keyof AggregateKernels, number>;
