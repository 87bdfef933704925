import type { NoiseLevel, NoiseSchedule } from "./schedule.js";

/** x_s = x * x_t + denoised * x0hat(x_t, t) + noise * z, z standard normal: one step of a one-evaluation sampler. */
export interface StepCoefficients {
  readonly x: number;
  readonly denoised: number;
  readonly noise: number;
}

/**
 * A solver of the reverse process whose step t -> s is linear in (x, x0hat, z).
 * One file per sampler in samplers/, plus one line in its index.
 */
export interface Sampler {
  readonly name: string;
  /** Where the update comes from: paper and equation. */
  readonly source: string;
  /** True where a path KL exists, so that a certificate can be computed. */
  readonly certified: boolean;
  coefficients(from: NoiseLevel, to: NoiseLevel, schedule: NoiseSchedule): StepCoefficients;
}
