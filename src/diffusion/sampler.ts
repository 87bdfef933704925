import { requireMethods, requireText } from "../errors.js";
import { namedMember } from "../family.js";
import type { Curvature } from "./curvature.js";
import { levelAt, type NoiseLevel, type NoiseSchedule } from "./schedule.js";

/**
 * x^ = x * x_t + denoised * x0hat(x_t, t) + noise * F z, z standard normal and F the curvature's matrix, I without one; then
 * x_s = x^ + correction * (x0hat(x^, s) - x0hat(x_t, t)), with a second evaluation of the denoiser.
 */
export interface StepCoefficients {
  readonly x: number;
  readonly denoised: number;
  readonly noise: number;
  /** Absent: noise is the same in all directions. */
  readonly curvature?: Curvature | undefined;
  /** Absent: x_s = x^, one evaluation. */
  readonly correction?: number | undefined;
}

/** Of which errors the noise of a sampler's steps is made: their mean over coordinates, or one for each coordinate. */
export type ErrorsNeeded = "mean" | "coordinates";

/**
 * A solver of the reverse process whose step t -> s is linear in x, the denoiser's outputs and z, the last perhaps through the Jacobian.
 * One file per sampler in samplers/, plus one line in its index.
 */
export interface Sampler {
  readonly name: string;
  /** Where the update comes from: paper and equation. */
  readonly source: string;
  /** p: with the exact denoiser and N equal steps of log snr, mean and variance of the output err like N^-p, its KL like N^-2p. */
  readonly order: number;
  /** The noise of a step follows from the denoiser's error at its start: grids must have these `errors`. */
  readonly needsErrors?: ErrorsNeeded | undefined;
  coefficients(from: NoiseLevel, to: NoiseLevel, schedule: NoiseSchedule): StepCoefficients;
}

/** A sampler whose name is a type of its own. */
export const sampler = namedMember<Sampler>();

/** Throws unless value is a sampler with a name. */
export function requireSampler(sampler: Sampler): Sampler {
  requireMethods("sampler", sampler, ["coefficients"]);
  requireText("sampler.name", sampler.name);
  return sampler;
}

/** Whether a sampler adds no noise: its output is then a function of its first state. */
export function isDeterministic(sampler: Sampler, schedule: NoiseSchedule): boolean {
  const [from, to] = [schedule.tMax, schedule.tMin].map((t) => ({ ...levelAt(schedule, t), error: 0 }));
  return sampler.coefficients(from, to, schedule).noise === 0;
}
