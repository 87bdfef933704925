import { ArgumentError, requireNumber, requireObject } from "../../errors.js";
import type { Given } from "../../family.js";
import { integer, number, optional, required } from "../../fields.js";
import { requireGrid, type TimeGrid, validateGrid } from "../grid.js";
import { ouStep, ouTime } from "../ou-time.js";
import { type NoiseSchedule, requireSchedule } from "../schedule.js";

/** Steps of a grid. */
export const mostSteps = 1_000_000;

/** What a grid runs over, in the schedule's clock. The first time is `start` and the last is `end`, to the bit. */
export const rangeFields = {
  steps: integer(`[1, ${mostSteps}]`, required, "Sampling steps N; the grid has N + 1 times."),
  start: number("(0, inf)", optional, "T, where sampling starts. Default: tMax of the schedule."),
  end: number("(0, inf)", optional, "delta, where sampling stops. Default: tMin of the schedule."),
};

export type GridRange = Given<typeof rangeFields>;

/** A range with its defaults. */
export type FullRange = { readonly [Key in keyof GridRange]-?: NonNullable<GridRange[Key]> };

/** The range with its defaults; throws unless tMin <= end < start <= tMax and steps >= 1. */
export function resolveRange(range: GridRange, schedule: NoiseSchedule): FullRange {
  const { tMin, tMax } = requireSchedule(schedule);
  requireObject("grid", range);
  const { start = tMax, end = tMin } = range;
  const steps = rangeFields.steps.check("grid.steps", range.steps);
  requireNumber("grid.start", start, `must lie in (tMin, tMax] = (${tMin}, ${tMax}]`, (t) => t > tMin && t <= tMax);
  requireNumber("grid.end", end, `must lie in [tMin, start) = [${tMin}, ${start})`, (t) => t >= tMin && t < start);
  return { steps, start, end };
}

/** start, then `time(k)` for k = 1 .. steps - 1, then end. */
export function spread({ steps, start, end }: FullRange, time: (k: number) => number): Float64Array {
  return Float64Array.from({ length: steps + 1 }, (_, k) => (k === 0 ? start : k === steps ? end : time(k)));
}

/** A validated grid with the kappa that it achieves. */
export function gridOf(name: string, times: Float64Array, schedule: NoiseSchedule, argument = "grid"): TimeGrid {
  validateGrid(argument, times, schedule);
  return { name, times, kappa: kappaOf({ name, times }, schedule) };
}

/**
 * The same for times that a rule has made, each of which float64 and the schedule's clock must tell from the next; where they do not, `key`,
 * one of the rule's settings, is the one to change.
 */
export function ruledGrid(
  name: string,
  times: Float64Array,
  schedule: NoiseSchedule,
  key = "steps",
  value = times.length - 1,
): TimeGrid {
  const k = times.findIndex((t, index) => index > 0 && !(schedule.logSnr(t) > schedule.logSnr(times[index - 1])));
  if (k < 0) return gridOf(name, times, schedule);
  const ends = `t = ${times[0]} and ${times[times.length - 1]}`;
  const rule = `must leave ${times.length - 1} steps between ${ends} that float64 tells apart, which step ${k} is not from the one before`;
  throw new ArgumentError(`grid.${key}`, rule, value);
}

/**
 * max_k h_k / min(1, tau_{k+1}) in OU time, h_k = tau_k - tau_{k+1}: the kappa of Benton et al., arXiv 2308.03686,
 * Theorem 1, that a grid achieves, whatever rule made it.
 */
export function kappaOf(grid: TimeGrid, schedule: NoiseSchedule): number {
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  let kappa = 0;
  let from = schedule.logSnr(grid.times[0]);
  for (let k = 1; k < grid.times.length; k++) {
    const to = schedule.logSnr(grid.times[k]);
    kappa = Math.max(kappa, ouStep(from, to) / Math.min(1, ouTime(to)));
    from = to;
  }
  return kappa;
}
