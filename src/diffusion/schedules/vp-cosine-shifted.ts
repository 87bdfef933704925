import { member } from "../../family.js";
import { number, required } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule } from "../schedule.js";
import { risingTimes } from "./time-range.js";
import { vpCosine } from "./vp-cosine.js";

/** vp-cosine with `shift` added to its log snr: more noise for larger images, in which neighbours repeat one another. */
export const vpCosineShifted = member({
  kind: "vp-cosine-shifted",
  source: "Hoogeboom et al., arXiv 2301.11093, section 3.1",
  text: "vp-cosine with a shifted log snr; Hoogeboom et al., arXiv 2301.11093.",
  fields: {
    shift: number(
      "[-20, 20]",
      required,
      "Added to the log snr of vp-cosine; below 0 is more noise: 2 log(64 / side) for images of that side.",
    ),
    tMin: number("[1e-140, 1)", 0.005, "First time that is used: where sampling stops."),
    tMax: vpCosine.fields.tMax,
  },
  check: risingTimes,
  create({ shift, tMin, tMax }): NoiseSchedule {
    const cosine = vpCosine.create({ tMin, tMax });
    const logSnr = (t: number) => cosine.logSnr(t) + shift;
    return {
      name: "vp-cosine-shifted",
      tMin,
      tMax,
      kernel: { code: ScheduleCode.vpCosineShifted, parameters: [shift, 0] },
      logSnr,
      time: (value) => cosine.time(value - shift),
      beta: (t) => betaOf(logSnr(t), (2 * Math.PI) / Math.sin(Math.PI * Math.min(t, 1 - t))),
    };
  },
});
