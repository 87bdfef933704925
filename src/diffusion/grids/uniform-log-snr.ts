import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { type GridRange, gridOf, resolveRange, spread } from "./range.js";

export interface UniformLogSnrGridSpec extends GridRange {
  readonly kind: "uniform-log-snr";
}

/** Equal steps of log snr: Lu et al., DPM-Solver, arXiv 2206.00927. */
export function uniformLogSnr(spec: UniformLogSnrGridSpec, schedule: NoiseSchedule): TimeGrid {
  const range = resolveRange(spec, schedule);
  const first = schedule.logSnr(range.start);
  const rise = schedule.logSnr(range.end) - first;
  const times = spread(range, (k) => schedule.time(first + (rise * k) / range.steps));
  return gridOf("uniform-log-snr", times, schedule);
}
