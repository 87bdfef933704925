import { requireInteger, requireNumber } from "../errors.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import type { Target } from "./target.js";

/** N(0, standardDeviation^2 I): the target whose every number is known in closed form. */
export interface GaussianSpec {
  readonly kind: "gaussian";
  readonly dimension: number;
  /** Per coordinate. Default 1. */
  readonly standardDeviation?: number;
}

export function gaussian({ dimension, standardDeviation = 1 }: GaussianSpec): Target {
  requireInteger("dimension", dimension, 1);
  requireNumber("standardDeviation", standardDeviation, "must be finite and > 0", (value) => value > 0);
  const variance = standardDeviation ** 2;
  const mixture = { dimension, means: new Float32Array(dimension), weights: [1], variances: [variance] };
  return {
    ...mixtureTarget("gaussian", mixture),
    gaussianVariances: new Float64Array(dimension).fill(variance),
    covariance: () =>
      Float64Array.from({ length: dimension * dimension }, (_, at) => (at % (dimension + 1) === 0 ? variance : 0)),
  };
}
