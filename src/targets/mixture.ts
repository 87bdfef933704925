/** sum_k weights_k N(means_k, variances_k I). A variance of 0 is a point mass: with all 0 the empirical law of a data set. */
export interface GaussianMixture {
  readonly dimension: number;
  /** float32 [components, dimension]. */
  readonly means: Float32Array;
  /** [components], positive, summing to 1. */
  readonly weights: ArrayLike<number>;
  /** [components], >= 0. */
  readonly variances: ArrayLike<number>;
}

/** The same with means that no rounding moved: of a law that is mapped or noised, in bounds that hold for it. */
export interface UnroundedMixture extends Omit<GaussianMixture, "means"> {
  /** float64 [components, dimension]. */
  readonly means: Float64Array;
}
