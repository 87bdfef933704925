import { requireNumber } from "../../errors.js";
import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
import { largestLogSnr, type NoiseSchedule } from "../schedule.js";
import { rangeFields, resolveRange, ruledGrid, spread } from "./range.js";

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
    const [low, high] = exponents(schedule.logSnr(range.start), schedule.logSnr(range.end), range.steps);
    requireNumber(
      "grid.rho",
      rho,
      `must lie in [${low}, ${high}] between these ends`,
      (value) => value >= low && value <= high,
    );
    const root = (t: number) => Math.exp(-schedule.logSnr(t) / (2 * rho));
    const first = root(range.start);
    const last = root(range.end);
    const time = (k: number) => schedule.time(-2 * rho * Math.log(first + ((last - first) * k) / range.steps));
    return ruledGrid("karras", spread(range, time), schedule, "rho", rho);
  },
});

/** Part of a root by which neighbours must differ: what is left of float64 then is 12 bits. */
const resolution = 2 ** -40;

/** The rho for which float64 holds (sigma / alpha)^(1 / rho) at both ends, and tells apart what lies between. */
function exponents(noisy: number, clean: number, steps: number): readonly [number, number] {
  const low = Math.max(Math.abs(noisy), Math.abs(clean)) / (2 * largestLogSnr);
  const high = (clean - noisy) / (2 * steps * resolution);
  return [Number(low.toPrecision(3)), Number(high.toPrecision(3))];
}
