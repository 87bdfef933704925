import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";
import { risingTimes } from "./time-range.js";

/**
 * alpha = e^-t, sigma^2 = 1 - e^-2t: the Ornstein-Uhlenbeck process dX = -X dt + sqrt(2) dB. Every variance preserving
 * schedule is this one in another clock.
 */
export const ou = member({
  kind: "ou",
  source: "Benton et al., arXiv 2308.03686",
  text: "alpha = exp(-t): the Ornstein-Uhlenbeck process; Benton et al., arXiv 2308.03686.",
  fields: {
    tMin: number("[1e-300, 350)", 0.001, "delta: where sampling stops."),
    tMax: number("(0, 350]", 5, "T: where sampling starts; above, float64 has no alpha^2 / sigma^2."),
  },
  check: risingTimes,
  create: ({ tMin, tMax }): NoiseSchedule => ({
    name: "ou",
    tMin,
    tMax,
    kernel: { code: ScheduleCode.ou, parameters: [0, 0] },
    logSnr: logSnrOfOuTime,
    time: ouTime,
    beta: () => 2,
  }),
});
