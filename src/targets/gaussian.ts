import { member } from "../family.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import { dimension, standardDeviation } from "./settings.js";
import type { Target } from "./target.js";

/** N(0, standardDeviation^2 I): the target whose every number is known in closed form. */
export const gaussian = member({
  kind: "gaussian",
  text: "One isotropic Gaussian.",
  fields: { dimension, standardDeviation: standardDeviation(1) },
  create({ dimension, standardDeviation }): Target {
    const variance = standardDeviation ** 2;
    const mixture = { dimension, means: new Float32Array(dimension), weights: [1], variances: [variance] };
    return {
      ...mixtureTarget("gaussian", mixture),
      gaussianVariances: new Float64Array(dimension).fill(variance),
      covariance: () =>
        Float64Array.from({ length: dimension * dimension }, (_, at) => (at % (dimension + 1) === 0 ? variance : 0)),
    };
  },
});
