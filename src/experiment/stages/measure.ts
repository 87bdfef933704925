import { type Divergence, divergences, type Estimate } from "../../divergence/index.js";
import { memberNamed } from "../../family.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

/** Two samples, float32 [rows, dimension], and what is to be measured between them. */
export interface Comparison {
  /** Name of a divergence. */
  readonly divergence: string;
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly dimension: number;
  readonly seed: number;
}

export const measure: WorkerFunction<Comparison, Estimate> = {
  name: "measure",
  run: (engine, { divergence, a, b, dimension, seed }) =>
    divergenceOf(divergence).evaluate(engine, a, b, dimension, { seed }),
};

/** The divergence with a name. Throws ArgumentError for a name that no divergence has. */
export function divergenceOf(name: string): Divergence {
  return memberNamed(divergences, "divergence", name);
}
