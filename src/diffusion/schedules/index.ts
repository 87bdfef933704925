import { ArgumentError } from "../../errors.js";
import { createFrom, familyOf, type SpecOf } from "../../family.js";
import type { NoiseSchedule } from "../schedule.js";
import { edm } from "./edm.js";
import { linearInterpolation } from "./linear-interpolation.js";
import { ou } from "./ou.js";
import { sigmoid } from "./sigmoid.js";
import { subVp } from "./sub-vp.js";
import { user } from "./user.js";
import { ve } from "./ve.js";
import { vpCosine } from "./vp-cosine.js";
import { vpCosineShifted } from "./vp-cosine-shifted.js";
import { vpLinear } from "./vp-linear.js";

/** Every schedule by its kind. */
export const schedules = familyOf(
  vpLinear,
  vpCosine,
  ou,
  subVp,
  ve,
  edm,
  sigmoid,
  vpCosineShifted,
  linearInterpolation,
  user,
);

/** A schedule as plain data. */
export type NoiseScheduleSpec = SpecOf<typeof schedules>;

/** Where a person names none. */
export const defaultSchedule: NoiseScheduleSpec = { kind: "vp-cosine" };

/**
 * The schedule that a specification names.
 * @throws ArgumentError for an unknown kind, a parameter out of range, and ends so near that numbers do not tell their log snr apart.
 */
export function createSchedule(spec: NoiseScheduleSpec): NoiseSchedule {
  const schedule = createFrom(schedules, "schedule", spec);
  const { tMin, tMax } = schedule;
  if (schedule.logSnr(tMin) > schedule.logSnr(tMax)) return schedule;
  throw new ArgumentError("schedule.tMin", `must leave a log snr above that of tMax = ${tMax}`, tMin);
}
