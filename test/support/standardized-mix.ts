import { createLaw } from "../../src/targets/law.js";
import { type DenseTarget, requireDensity } from "../../src/theory/interval/dense-target.js";

/** Independent copies of 1/4 N(-1.5, .09) + 3/4 N(.5, .09), over sqrt(.84): mean 0, variance 1. */
export function standardizedMix(dimension: number): DenseTarget {
  return requireDensity(
    createLaw({
      of: { kind: "product", dimension, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
      affine: { shift: new Float64Array(dimension), scale: Math.sqrt(0.84) },
    }),
  );
}
