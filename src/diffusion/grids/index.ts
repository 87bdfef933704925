import { createFrom, familyOf, type SpecOf } from "../../family.js";
import type { TimeGrid } from "../grid.js";
import { type NoiseSchedule, requireSchedule } from "../schedule.js";
import { benton } from "./benton.js";
import { geometricTail } from "./geometric-tail.js";
import { karras } from "./karras.js";
import { uniform } from "./uniform.js";
import { uniformLogSnr } from "./uniform-log-snr.js";
import { user } from "./user.js";

export { type GridRange, kappaOf } from "./range.js";

/** Every grid by its kind. */
export const grids = familyOf(uniform, uniformLogSnr, karras, benton, geometricTail, user);

/** A time grid as plain data. Times are in the schedule's clock. */
export type GridSpec = SpecOf<typeof grids>;

/** The grid that a specification names, with its kappa. Throws ArgumentError where the numbers do not make a grid. */
export function createGrid(spec: GridSpec, schedule: NoiseSchedule): TimeGrid {
  requireSchedule(schedule);
  return { ...createFrom(grids, "grid", spec, schedule), schedule: schedule.name };
}
