import type { Pointer } from "../arena.js";

/** Optimal transport on the line. */
export interface WassersteinKernels {
  /**
   * Stable ascending sort of values, f32 [n] without NaN: sorted f32 [n] and order u32 [n] with sorted[r] = values[order[r]].
   * scratch: 16 n + 24576 bytes.
   */
  argsort(values: Pointer, n: number, sorted: Pointer, order: Pointer, scratch: Pointer): void;
  /**
   * W2^2 between the empirical laws of a and b, exact, from sorted values f32 [n] and [m] and their orders u32 [n], [m].
   * Adds the Kantorovich potentials to potentialA f64 [n], potentialB f64 [m], row by row of the unsorted samples.
   */
  wasserstein1d(
    a: Pointer,
    orderA: Pointer,
    n: number,
    b: Pointer,
    orderB: Pointer,
    m: number,
    potentialA: Pointer,
    potentialB: Pointer,
  ): number;
}

export const wassersteinArity = { argsort: 5, wasserstein1d: 8 } satisfies Record<keyof WassersteinKernels, number>;
