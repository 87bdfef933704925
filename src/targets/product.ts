import { requireInteger } from "../errors.js";
import { mixtureTarget } from "./gaussian-mixture.js";
import type { Target } from "./target.js";

/**
 * The same one-dimensional Gaussian mixture in each of d independent coordinates: everything that is a sum over coordinates is exactly
 * linear in d. Labels: the component of the first coordinate.
 */
export interface ProductSpec {
  readonly kind: "product";
  readonly dimension: number;
  /** Means of the components. Default [-1, 1]. */
  readonly means?: readonly number[];
  /** Positive, summing to 1. Default [0.5, 0.5]. */
  readonly weights?: readonly number[];
  /** Variances of the components. Default [0.09, 0.09]. */
  readonly variances?: readonly number[];
}

export function product(spec: ProductSpec): Target {
  const { dimension, means = [-1, 1], weights = [0.5, 0.5], variances = [0.09, 0.09] } = spec;
  requireInteger("dimension", dimension, 1);
  return mixtureTarget("product", { dimension: 1, means: Float32Array.from(means), weights, variances }, dimension);
}
