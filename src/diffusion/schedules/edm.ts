import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule, unitAlphaScale } from "../schedule.js";
import { risingTimes } from "./time-range.js";

/** alpha = 1 and sigma = t: time is the noise level. */
export const edm = member({
  kind: "edm",
  source: "Karras et al., arXiv 2206.00364, table 1",
  text: "alpha = 1, sigma = t: time is the noise level, in units of the data; Karras et al., arXiv 2206.00364.",
  fields: {
    tMin: number("[1e-150, 1e150)", 0.002, "sigma at the end: where sampling stops."),
    tMax: number("(1e-150, 1e150]", 80, "sigma at the start: where sampling starts."),
  },
  check: risingTimes,
  create({ tMin, tMax }): NoiseSchedule {
    const logSnr = (t: number) => -2 * Math.log(t);
    return {
      name: "edm",
      tMin,
      tMax,
      kernel: { code: ScheduleCode.edm, parameters: [0, 0] },
      logSnr,
      time: (value) => Math.exp(-value / 2),
      beta: (t) => betaOf(logSnr(t), 2 / t),
      scale: (t) => unitAlphaScale(logSnr(t)),
    };
  },
});
