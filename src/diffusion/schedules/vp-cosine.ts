import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import type { NoiseSchedule } from "../schedule.js";
import { risingTimes } from "./time-range.js";

/** alpha = cos(pi t / 2), sigma = sin(pi t / 2): beta(t) = pi tan(pi t / 2) has a pole at t = 1. */
export const vpCosine = member({
  kind: "vp-cosine",
  source: "Nichol and Dhariwal, arXiv 2102.09672, eq. 17, in the continuous form of Salimans and Ho, arXiv 2202.00512",
  text: "alpha = cos(pi t / 2); Nichol and Dhariwal, arXiv 2102.09672.",
  fields: {
    tMin: number("[1e-150, 1)", 0.005, "First time that is used: where sampling stops."),
    tMax: number("(0, 1)", 0.995, "Last time that is used, below 1: where sampling starts."),
  },
  check: risingTimes,
  create: ({ tMin, tMax }): NoiseSchedule => ({
    name: "vp-cosine",
    tMin,
    tMax,
    kernel: { code: ScheduleCode.vpCosine, parameters: [0, 0] },
    logSnr: (t) => -2 * logTan(t),
    time: (logSnr) => (2 / Math.PI) * Math.atan(Math.exp(-logSnr / 2)),
    beta: (t) => (t <= 0.5 ? Math.PI * Math.tan(halfPi * t) : Math.PI / Math.tan(halfPi * (1 - t))),
  }),
});

const halfPi = Math.PI / 2;

/** log tan(pi t / 2) for t in (0, 1): 1 - t is exact above 1/2, so nothing cancels near the pole. */
function logTan(t: number): number {
  return t <= 0.5 ? Math.log(Math.tan(halfPi * t)) : -Math.log(Math.tan(halfPi * (1 - t)));
}
