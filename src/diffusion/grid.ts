import {
  ArgumentError,
  requireList,
  requireNumber,
  requireNumbers,
  requireObject,
  requireText,
  requireTyped,
} from "../errors.js";
import type { ErrorsNeeded } from "./sampler.js";
import type { SamplerName } from "./samplers/index.js";
import { levelAt, type NoiseLevel, type NoiseSchedule, requireSchedule } from "./schedule.js";

/** Strictly decreasing times from T to delta: N + 1 points for N sampling steps. Data: validated, never rewritten. */
export interface TimeGrid {
  readonly name: string;
  /** t_0 = T > t_1 > ... > t_N = delta, in the schedule's clock. */
  readonly times: Float64Array;
  /**
   * Mean squared error of the denoiser at the start of each of the N steps, E|X_0 - x0hat(X_t)|^2 / d, float64 [N], or that of each coordinate,
   * E|X_0 - x0hat(X_t)|_j^2, float64 [N, d]: what samplers need whose noise follows from it. It is fixed before anything is sampled or certified.
   */
  readonly errors?: Float64Array | undefined;
  /** The sampler that the times were chosen for, where they were: they may be bad ones for another. */
  readonly tunedFor?: SamplerName | undefined;
  /** max_k h_k / min(1, t_{k+1}): the kappa of Benton et al. (arXiv 2308.03686), for any grid, in OU time. */
  readonly kappa?: number | undefined;
  /** Name of the schedule whose clock the times are in; absent for times of the caller's own. */
  readonly schedule?: string | undefined;
}

/** Throws unless `times` has at least two points, strictly decreasing, told apart by their log snr, inside [tMin, tMax]. */
export function validateGrid(argument: string, times: ArrayLike<number>, schedule: NoiseSchedule): void {
  requireList(argument, times);
  requireSchedule(schedule);
  if (times.length < 2) throw new ArgumentError(argument, "must have at least 2 times", times.length);
  for (let k = 0; k < times.length; k++) {
    const t = times[k] as number;
    const isInside = t >= schedule.tMin * (1 - 1e-12) && t <= schedule.tMax * (1 + 1e-12);
    if (!(isInside && Number.isFinite(schedule.logSnr(t)))) {
      const rule = `must lie in [${schedule.tMin}, ${schedule.tMax}] of schedule ${schedule.name}`;
      throw new ArgumentError(`${argument}[${k}]`, rule, t);
    }
    if (k > 0 && !(t < (times[k - 1] as number))) {
      throw new ArgumentError(
        `${argument}[${k}]`,
        `must be below ${argument}[${k - 1}] = ${times[k - 1]} (strictly decreasing)`,
        t,
      );
    }
    if (k > 0 && !(schedule.logSnr(t) > schedule.logSnr(times[k - 1] as number))) {
      const rule = `must be farther from ${argument}[${k - 1}] = ${times[k - 1]}: log snr of ${schedule.name} rounds to the same number`;
      throw new ArgumentError(`${argument}[${k}]`, rule, t);
    }
  }
}

/** Throws unless value has the times of a grid. */
export function requireGrid(grid: TimeGrid): TimeGrid {
  requireTyped("grid.times", requireObject("grid", grid).times, Float64Array);
  requireText("grid.name", grid.name);
  return grid;
}

/** Throws where a grid was made for the clock of another schedule, whose times would mean other noise levels here. */
export function requireClock(grid: TimeGrid, schedule: NoiseSchedule): void {
  if (grid.schedule === undefined || grid.schedule === schedule.name) return;
  throw new ArgumentError(
    "grid",
    `must be made for schedule ${schedule.name}: its times are another clock's`,
    grid.schedule,
  );
}

/**
 * The noise levels of a grid, in order; those at which steps start with the errors of the grid.
 * @param dimension of the states, which the errors of coordinates must fit. Absent: any.
 */
export function levelsOf(schedule: NoiseSchedule, grid: TimeGrid, dimension?: number): NoiseLevel[] {
  requireSchedule(schedule);
  const { times, errors } = requireGrid(grid);
  requireNumbers("grid.times", times);
  requireClock(grid, schedule);
  const steps = times.length - 1;
  if (errors !== undefined) requireErrors(errors, steps, dimension);
  return Array.from(times, (t, k) => {
    requireNumber(`schedule.logSnr(grid.times[${k}])`, schedule.logSnr(t));
    const level = levelAt(schedule, t);
    return errors && k < steps ? { ...level, ...errorsOfStep(errors, steps, k) } : level;
  });
}

function errorsOfStep(all: Float64Array, steps: number, k: number): Pick<NoiseLevel, "error" | "errors"> {
  if (all.length === steps) return { error: all[k] };
  const d = all.length / steps;
  const errors = all.subarray(k * d, (k + 1) * d);
  return { error: errors.reduce((sum, error) => sum + error, 0) / d, errors };
}

function requireErrors(errors: Float64Array, steps: number, dimension: number | undefined): void {
  requireTyped("grid.errors", errors, Float64Array);
  if (dimension === undefined ? errors.length === 0 || errors.length % steps !== 0 : !fits(errors, steps, dimension)) {
    const each = dimension === undefined ? " for each coordinate" : ` x ${dimension}, one for each step and coordinate`;
    throw new ArgumentError("grid.errors", `must have ${steps} entries, or ${steps}${each}`, errors.length);
  }
  errors.forEach((error, k) => {
    requireNumber(`grid.errors[${k}]`, error, "must be finite and >= 0", (value) => value >= 0);
  });
}

/** Whether a grid has all the errors that a sampler needs in so many dimensions. */
export function hasErrors(
  { times, errors }: Pick<TimeGrid, "times" | "errors">,
  needed: ErrorsNeeded | undefined,
  dimension: number,
): boolean {
  if (needed === undefined) return true;
  const steps = times.length - 1;
  return (
    errors !== undefined && (needed === "mean" ? fits(errors, steps, dimension) : errors.length === steps * dimension)
  );
}

/** Whether there is an error for each step, or for each step and coordinate. */
function fits({ length }: Float64Array, steps: number, dimension: number): boolean {
  return length === steps || length === steps * dimension;
}

/** The grid as one coordinate of its steps sees it, with the errors of that coordinate alone. */
export function gridOfCoordinate(grid: TimeGrid, j: number): TimeGrid {
  const steps = grid.times.length - 1;
  const d = (grid.errors?.length ?? steps) / steps;
  return d === 1 ? grid : { ...grid, errors: grid.errors?.filter((_, at) => at % d === j) };
}
