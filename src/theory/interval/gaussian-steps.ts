import type { Curvature } from "../../diffusion/curvature.js";
import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import { ouStep } from "../../diffusion/ou-time.js";
import { requireStepSampler, type Sampler, type StepCoefficients } from "../../diffusion/sampler.js";
import type { NoiseLevel, NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError } from "../../errors.js";

/** A step of a sampler as a Gaussian kernel, beside the step of the forward chain that leads back over it. */
export interface GaussianStep {
  /** Noisier end: where the sampler comes from. */
  readonly from: NoiseLevel;
  readonly to: NoiseLevel;
  /** x_{k+1} ~ N(x x_k + denoised x0hat(x_k), deviation^2 F F^T), F the curvature's matrix at x_k, I without one. */
  readonly x: number;
  readonly denoised: number;
  readonly deviation: number;
  readonly curvature?: Curvature | undefined;
  /** The data's own noise: x_k ~ N(decay x_{k+1}, spread^2 I), decay = alpha_k / alpha_{k+1}, spread^2 = 1 - decay^2. */
  readonly decay: number;
  readonly spread: number;
}

/**
 * The steps of a sampler on a grid, from the noisiest on.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where a step adds no noise or evaluates the denoiser twice.
 */
export function gaussianSteps(
  sampler: Sampler,
  schedule: NoiseSchedule,
  grid: TimeGrid,
  dimension: number,
): GaussianStep[] {
  const oneMove = requireStepSampler(sampler, "the interval by importance weights");
  const levels = levelsOf(schedule, grid, dimension);
  return levels.slice(1).map((to, k) => {
    const from = levels[k];
    const coefficients = oneMove.coefficients(from, to, schedule);
    const reason = reasonAgainst(coefficients);
    if (reason !== undefined) throw notGaussian(sampler.name, k + 1, reason);
    const { x, denoised, noise, curvature } = coefficients;
    const h = ouStep(from.logSnr, to.logSnr);
    const [decay, spread] = [Math.exp(-h), Math.sqrt(-Math.expm1(-2 * h))];
    return { from, to, x, denoised, deviation: noise, curvature, decay, spread };
  });
}

function reasonAgainst({ noise, correction }: StepCoefficients): string | undefined {
  if (correction !== undefined) return "evaluates the denoiser twice, which no Gaussian kernel does";
  return noise > 0 ? undefined : `adds noise of deviation ${noise}, which must be > 0`;
}

function notGaussian(sampler: string, step: number, reason: string): FedscoreError {
  const message = `no interval by importance weights for sampler ${sampler}: its step ${step} ${reason}`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler, step });
}
