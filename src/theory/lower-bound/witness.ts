import type { Engine } from "../../kernels/index.js";

/**
 * A function f of one point, evaluated at the rows of points, float32 [n, d]: float64 [n], all finite. For every f,
 * KL(P || Q) >= E_P f - E_Q e^f + 1, with equality at f = log dP/dQ.
 */
export type Witness = (points: Float32Array) => Float64Array;

/** What a family looks at when it proposes: rows that the bound itself never sees. */
export interface WitnessSample {
  readonly engine: Engine;
  /** float32 [n, dimension] from P. */
  readonly p: Float32Array;
  /** float32 [m, dimension] from Q. */
  readonly q: Float32Array;
  readonly dimension: number;
  readonly seed: number;
}

/** One way to estimate log dP/dQ: a projection with a number of cells, a partition, ... */
export interface WitnessRecipe {
  /** For people: "projection on coordinate 3, 16 cells". */
  readonly method: string;
  fit(p: Float32Array, q: Float32Array): Witness;
}

/** A family of functions f. One file each, plus one line in the index. */
export interface WitnessFamily {
  readonly name: string;
  readonly title: string;
  recipes(sample: WitnessSample): WitnessRecipe[];
}
