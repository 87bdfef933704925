import type { Pointer } from "../arena.js";

/** First and second moments in float64, the same bits in every build. */
export interface MomentsKernels {
  /**
   * sum f64 [4 panels] += sum of the rows; second f64 [4 panels, 4 panels] += sum of x x^T, in the 4 x 4 tiles on and above
   * the diagonal. points: f32 [rows, dimension]; packed: f64 [panels, rows, 4] scratch; panels = ceil(dimension / 4).
   */
  momentsAdd(points: Pointer, rows: number, dimension: number, packed: Pointer, sum: Pointer, second: Pointer): void;
}

export const momentsArity = { momentsAdd: 6 } satisfies Record<keyof MomentsKernels, number>;
