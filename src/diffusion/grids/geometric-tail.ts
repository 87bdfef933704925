import { ArgumentError, requireInteger } from "../../errors.js";
import { member } from "../../family.js";
import { integer, optional } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";
import { type FullRange, rangeFields, resolveRange, ruledGrid, spread } from "./range.js";

/**
 * Uniform in OU time down to 1, then geometric: steps stay below a multiple of min(1, tau). By default floor(N (T - 1) /
 * (T - 1 + log(1 / delta))) steps are uniform: the same step in tau and in log tau.
 */
export const geometricTail = member({
  kind: "geometric-tail",
  text: "Uniform above OU time 1, geometric below.",
  fields: {
    ...rangeFields,
    uniformSteps: integer("[0, inf)", optional, "Steps above OU time 1. Default: in proportion."),
  },
  create(spec, schedule: NoiseSchedule): TimeGrid {
    const tail = tailOf(resolveRange(spec, schedule), schedule);
    const uniformSteps = spec.uniformSteps ?? tail.evenSplit;
    requireInteger("grid.uniformSteps", uniformSteps, tail.least, tail.most);
    return ruledGrid("geometric-tail", tail.times(uniformSteps), schedule);
  },
});

/** The family of grids that are uniform above OU time 1 and geometric below it, by the number of uniform steps. */
export interface GeometricTail {
  /** T and delta in OU time. */
  readonly T: number;
  readonly delta: number;
  /** Allowed numbers of uniform steps: 1 .. N - 1, but 0 when T <= 1 and N when delta >= 1. */
  readonly least: number;
  readonly most: number;
  readonly evenSplit: number;
  times(uniformSteps: number): Float64Array;
}

export function tailOf(range: FullRange, schedule: NoiseSchedule): GeometricTail {
  const { steps } = range;
  const T = ouTime(schedule.logSnr(range.start));
  const delta = ouTime(schedule.logSnr(range.end));
  const join = Math.min(T, Math.max(1, delta));
  const least = delta >= 1 ? steps : T > 1 ? 1 : 0;
  const most = T <= 1 ? 0 : delta < 1 ? steps - 1 : steps;
  if (least > most) {
    throw new ArgumentError("grid.steps", "must be >= 2 where the grid crosses OU time 1 (alpha = 1 / e)", steps);
  }
  const uniformLength = T - join;
  const share = uniformLength / (uniformLength + Math.log(join / delta));
  return {
    T,
    delta,
    least,
    most,
    evenSplit: Math.min(most, Math.max(least, Math.floor(steps * share))),
    times: (L) => {
      const tau = (k: number) =>
        k <= L ? T - (uniformLength * k) / L : join * (delta / join) ** ((k - L) / (steps - L));
      return spread(range, (k) => schedule.time(logSnrOfOuTime(tau(k))));
    },
  };
}
