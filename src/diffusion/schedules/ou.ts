import { requireNumber } from "../../errors.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";

export interface OuSpec {
  readonly kind: "ou";
  /** 0 < tMin < tMax. */
  readonly tMin: number;
  readonly tMax: number;
}

/**
 * alpha = e^-t, sigma^2 = 1 - e^-2t: the Ornstein-Uhlenbeck process dX = -X dt + sqrt(2) dB of Benton et al.,
 * arXiv 2308.03686. Every variance preserving schedule is this one in another clock.
 */
export function ou({ tMin, tMax }: OuSpec): NoiseSchedule {
  requireNumber("schedule.tMax", tMax, "must be > 0", (value) => value > 0);
  requireNumber("schedule.tMin", tMin, `must lie in (0, tMax = ${tMax})`, (value) => value > 0 && value < tMax);
  return {
    name: "ou",
    tMin,
    tMax,
    kernel: { code: 2, parameters: [0, 0] },
    logSnr: logSnrOfOuTime,
    time: ouTime,
    beta: () => 2,
  };
}
