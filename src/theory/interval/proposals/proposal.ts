import { namedMember } from "../../../family.js";
import type { GaussianStep } from "../gaussian-steps.js";

/**
 * A step of the proposed path, from x_{k+1} back to
 *
 *     x_k = decay x_{k+1} + spread (gain rho + z / sqrt(precision)),   rho = x_{k+1} - x y - denoised x0hat(y),   y = decay x_{k+1}.
 */
export interface Tilt {
  /** 0: rho, and with it the denoiser at y, is not needed. */
  readonly gain: number;
  /** > 0. */
  readonly precision: number;
}

/**
 * How paths are proposed that may have led the sampler to a given end. Any is valid; the nearer to the sampler's own law of paths given their
 * end, the less the weights differ. One file each, plus one line in the index.
 */
export interface Proposal {
  readonly name: string;
  readonly source: string;
  /** Whether the K paths of a row are resampled on the way, by weights that aim at the law's densities. */
  readonly resamples: boolean;
  /** Evaluations of the denoiser a step and path, mean over rows of the law and of the sampler. */
  readonly cost: number;
  /** @param error mean of |X_0 - E[X_0 | X_t]|^2 / d at the step's noisier end. */
  tilt(step: GaussianStep, error: number): Tilt;
}

/** A proposal whose name is a type of its own. */
export const proposal = namedMember<Proposal>();
