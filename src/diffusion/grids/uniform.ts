import { member } from "../../family.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { rangeFields, resolveRange, ruledGrid, spread } from "./range.js";

/** Equal steps of the schedule's own clock. */
export const uniform = member({
  kind: "uniform",
  text: "Equal steps of time.",
  fields: rangeFields,
  create(spec, schedule: NoiseSchedule): TimeGrid {
    const range = resolveRange(spec, schedule);
    const { steps, start, end } = range;
    return ruledGrid(
      "uniform",
      spread(range, (k) => start + ((end - start) * k) / steps),
      schedule,
    );
  },
});
