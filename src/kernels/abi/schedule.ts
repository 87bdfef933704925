/** Noise levels and their features: float64 inside, the same bits in every engine and both builds. */
export interface ScheduleKernels {
  /**
   * times f64 [n] -> logSnr f64 [n], alpha f32 [n], sigma f32 [n]. code 0: vp-linear, p0 = betaMin, p1 = betaMax;
   * 1: vp-cosine on (0, 1); 2: ou. alpha^2 + sigma^2 = 1.
   */
  noiseLevels(
    code: number,
    p0: number,
    p1: number,
    times: number,
    n: number,
    logSnr: number,
    alpha: number,
    sigma: number,
  ): void;
  /**
   * logSnr f64 [n] -> out f32, row i at out + 4 * stride * i: features / 2 sines, then features / 2 cosines of w_j logSnr / 4,
   * w_j geometric from 1/2 to 8. features is even.
   */
  noiseFeatures(logSnr: number, n: number, features: number, out: number, stride: number): void;
}

export const scheduleArity = { noiseLevels: 8, noiseFeatures: 5 } satisfies Record<keyof ScheduleKernels, number>;
