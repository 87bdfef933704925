/** Mixtures of isotropic Gaussians seen through X_t = alpha X_0 + sigma Z: posterior mean, score, log-density. */
export interface MixtureKernels {
  /** float32 numbers of the packed means. */
  mixturePackedLength(components: number, dimension: number): number;
  /** Bytes of scratch, aligned to 16, that mixtureEvaluate needs. */
  mixtureScratchBytes(components: number, rows: number): number;
  /** means f32 [components, dimension] -> packed f32 [mixturePackedLength]. */
  mixturePack(means: number, components: number, dimension: number, packed: number): void;
  /**
   * logWeights, variances f64 [components] (a variance may be 0 where sigma > 0); x f32 [rows, dimension]; denoised, score f32 [rows,
   * dimension]; logDensity f64 [rows], of X_t, normalized as the weights are. A pointer of 0 leaves an output out. No overlaps.
   */
  mixtureEvaluate(
    packed: number,
    logWeights: number,
    variances: number,
    components: number,
    dimension: number,
    x: number,
    rows: number,
    alpha: number,
    sigma: number,
    scratch: number,
    denoised: number,
    score: number,
    logDensity: number,
  ): void;
}

export const mixtureArity = {
  mixturePackedLength: 2,
  mixtureScratchBytes: 2,
  mixturePack: 4,
  mixtureEvaluate: 13,
} satisfies Record<keyof MixtureKernels, number>;
