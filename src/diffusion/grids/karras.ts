import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
import type { NoiseSchedule } from "../schedule.js";
import { gridOf, rangeFields, resolveRange, spread } from "./range.js";

/** N steps that end at `end` (the paper appends a step to noise level 0; this grid has none). */
export const karras = member({
  kind: "karras",
  source: "Karras et al., arXiv 2206.00364, eq. 5",
  text: "Equal steps of (sigma / alpha)^(1 / rho); Karras et al., arXiv 2206.00364, eq. 5.",
  fields: {
    ...rangeFields,
    rho: number("(0, inf)", 7, "Exponent: larger puts more steps at small noise."),
  },
  create({ rho, ...spec }, schedule: NoiseSchedule): TimeGrid {
    const range = resolveRange(spec, schedule);
    const root = (t: number) => Math.exp(-schedule.logSnr(t) / (2 * rho));
    const first = root(range.start);
    const last = root(range.end);
    const time = (k: number) => schedule.time(-2 * rho * Math.log(first + ((last - first) * k) / range.steps));
    return gridOf("karras", spread(range, time), schedule);
  },
});
