import { member } from "../../family.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { rangeFields, resolveRange, ruledGrid, spread } from "./range.js";

export const uniformLogSnr = member({
  kind: "uniform-log-snr",
  source: "Lu et al., DPM-Solver, arXiv 2206.00927",
  text: "Equal steps of log snr; DPM-Solver, arXiv 2206.00927.",
  fields: rangeFields,
  create(spec, schedule: NoiseSchedule): TimeGrid {
    const range = resolveRange(spec, schedule);
    const first = schedule.logSnr(range.start);
    const rise = schedule.logSnr(range.end) - first;
    const times = spread(range, (k) => schedule.time(first + (rise * k) / range.steps));
    return ruledGrid("uniform-log-snr", times, schedule);
  },
});
