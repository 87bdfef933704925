import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule } from "../schedule.js";
import { risingTimes } from "./time-range.js";

/** alpha = 1 - t and sigma = t: straight lines between data and noise, the path of flow matching and rectified flow. */
export const linearInterpolation = member({
  kind: "linear-interpolation",
  source: "Lipman et al., arXiv 2210.02747, eq. 20 with sigma_min = 0; Liu et al., arXiv 2209.03003",
  text: "alpha = 1 - t, sigma = t: flow matching and rectified flow; Lipman et al., arXiv 2210.02747, Liu et al., arXiv 2209.03003.",
  fields: {
    tMin: number("[1e-150, 1)", 0.001, "First time that is used: where sampling stops."),
    tMax: number("(0, 1)", 0.999, "Last time that is used, below 1: where sampling starts."),
  },
  check: risingTimes,
  create({ tMin, tMax }): NoiseSchedule {
    const logSnr = (t: number) => 2 * Math.log((1 - t) / t);
    return {
      name: "linear-interpolation",
      tMin,
      tMax,
      kernel: { code: ScheduleCode.linearInterpolation, parameters: [0, 0] },
      logSnr,
      time: (value) => 1 / (1 + Math.exp(value / 2)),
      beta: (t) => betaOf(logSnr(t), 2 / (t * (1 - t))),
      scale: (t) => Math.hypot(1 - t, t),
    };
  },
});
