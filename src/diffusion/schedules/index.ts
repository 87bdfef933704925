import { createFrom, familyOf, type SpecOf } from "../../family.js";
import type { NoiseSchedule } from "../schedule.js";
import { ou } from "./ou.js";
import { vpCosine } from "./vp-cosine.js";
import { vpLinear } from "./vp-linear.js";

/** Every schedule by its kind. */
export const schedules = familyOf(vpLinear, vpCosine, ou);

/** A schedule as plain data. */
export type NoiseScheduleSpec = SpecOf<typeof schedules>;

/** Where a person names none. */
export const defaultSchedule: NoiseScheduleSpec = { kind: "vp-cosine" };

/** The schedule that a specification names. Throws ArgumentError on an unknown kind or a parameter out of range. */
export function createSchedule(spec: NoiseScheduleSpec): NoiseSchedule {
  return createFrom(schedules, "schedule", spec);
}
