import { requireNumber } from "../../errors.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { type GridRange, gridOf, resolveRange, spread } from "./range.js";

export interface KarrasGridSpec extends GridRange {
  readonly kind: "karras";
  /** Default 7. */
  readonly rho?: number;
}

/**
 * Equal steps of (sigma / alpha)^(1 / rho): Karras et al., arXiv 2206.00364, eq. 5, over N steps that end at
 * `end` (the paper appends a step to noise level 0; this grid has none).
 */
export function karras(spec: KarrasGridSpec, schedule: NoiseSchedule): TimeGrid {
  const range = resolveRange(spec, schedule);
  const rho = requireNumber("grid.rho", spec.rho ?? 7, "must be > 0", (value) => value > 0);
  const root = (t: number) => Math.exp(-schedule.logSnr(t) / (2 * rho));
  const first = root(range.start);
  const last = root(range.end);
  const time = (k: number) => schedule.time(-2 * rho * Math.log(first + ((last - first) * k) / range.steps));
  return gridOf("karras", spread(range, time), schedule);
}
