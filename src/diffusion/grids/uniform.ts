import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { type GridRange, gridOf, resolveRange, spread } from "./range.js";

export interface UniformGridSpec extends GridRange {
  readonly kind: "uniform";
}

/** Equal steps of the schedule's own clock. */
export function uniform(spec: UniformGridSpec, schedule: NoiseSchedule): TimeGrid {
  const range = resolveRange(spec, schedule);
  const { steps, start, end } = range;
  return gridOf(
    "uniform",
    spread(range, (k) => start + ((end - start) * k) / steps),
    schedule,
  );
}
