import { levelsOf } from "../../diffusion/grid.js";
import { createGrid } from "../../diffusion/grids/index.js";
import { stepsOf } from "../../diffusion/sample.js";
import { evaluates, isFlowSampler, type Sampler, type StepPart } from "../../diffusion/sampler.js";
import { createSampler } from "../../diffusion/samplers/index.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { FedscoreError } from "../../errors.js";
import type { SampleRequest } from "../sample-request.js";

/**
 * At most one evaluation of the denoiser, y = x0hat(x, level), then x <- x * x + denoised * y + previous * y' + noise * z, y' what the evaluation before gave.
 * Where nothing is evaluated, y = y'.
 */
export interface Update {
  readonly level: NoiseLevel;
  readonly evaluates: boolean;
  readonly x: number;
  readonly denoised: number;
  readonly previous: number;
  /** One factor, or one for each coordinate, [d]. */
  readonly noise: ArrayLike<number>;
}

/**
 * The updates that sampling is made of, in their order.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for samplers that are more than that: with Jacobians, or with steps of their own.
 */
export function updatesOf({ network, grid, sampler, denoiseLast, ...request }: SampleRequest): readonly Update[] {
  const schedule = createSchedule(request.schedule);
  const levels = levelsOf(schedule, createGrid(grid, schedule), network.dimension);
  const made = createSampler(sampler);
  if (isFlowSampler(made))
    throw unsupported(made, "takes steps of its own for each row, as many as its tolerance asks for");
  return stepsOf(levels, made, schedule, denoiseLast)
    .flat()
    .flatMap((part) => updatesOfPart(made, part));
}

function updatesOfPart(sampler: Sampler, { from, to, coefficients }: StepPart): Update[] {
  const { x, denoised, previous = 0, noise, curvature, correction } = coefficients;
  if (curvature && curvature.kind !== "diagonal")
    throw unsupported(sampler, "shapes its noise by the Jacobian of the network");
  const move: Update = {
    level: from,
    evaluates: evaluates(coefficients),
    x,
    denoised,
    previous,
    noise: curvature ? curvature.factors.map((factor) => noise * factor) : [noise],
  };
  if (correction === undefined) return [move];
  return [move, { level: to, evaluates: true, x: 1, denoised: correction, previous: -correction, noise: [0] }];
}

function unsupported({ name }: Sampler, why: string): FedscoreError {
  const message = `sampler ${name} cannot be exported as a graph: it ${why}`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler: name });
}
