/** Reductions of float32 arrays. Sums are float64, in an order that depends on n alone, the same bits in both builds. */
export interface ReduceKernels {
  /** Sum of x [n]. */
  sum(x: number, n: number): number;
  /** Sum of squares of x [n]. */
  sumSquares(x: number, n: number): number;
  /** Inner product of x [n] and y [n]. */
  dot(x: number, y: number, n: number): number;
  /** Sum of (x - y)^2 over x [n], y [n]. */
  squaredDistance(x: number, y: number, n: number): number;
  /** Largest |x|; NaN if x [n] has one, 0 for n = 0. */
  maxAbs(x: number, n: number): number;
  /** How many of x [n] are NaN or infinite. */
  countNonFinite(x: number, n: number): number;
  /** out f64 [columns]: sums over the rows of x [rows, columns]. */
  sumColumns(x: number, rows: number, columns: number, out: number): void;
}

export const reduceArity = {
  sum: 2,
  sumSquares: 2,
  dot: 3,
  squaredDistance: 3,
  maxAbs: 2,
  countNonFinite: 2,
  sumColumns: 4,
} satisfies Record<keyof ReduceKernels, number>;
