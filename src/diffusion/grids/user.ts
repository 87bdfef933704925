import { ArgumentTypeError, requireNumber } from "../../errors.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { gridOf } from "./range.js";

export interface UserGridSpec {
  readonly kind: "user";
  /** T > ... > delta in the schedule's clock, kept as given. */
  readonly times: readonly number[];
}

/** The user's own times, validated and never rewritten. */
export function user(spec: UserGridSpec, schedule: NoiseSchedule): TimeGrid {
  if (!Array.isArray(spec.times)) throw new ArgumentTypeError("grid.times", "must be an array of numbers", spec.times);
  for (const [k, t] of spec.times.entries()) requireNumber(`grid.times[${k}]`, t);
  return gridOf("user", Float64Array.from(spec.times), schedule, "grid.times");
}
