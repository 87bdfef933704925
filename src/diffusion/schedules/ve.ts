import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule, unitAlphaScale } from "../schedule.js";

/** alpha = 1 and sigma = sigmaMin (sigmaMax / sigmaMin)^t: noise is added to data that stay as they are. */
export const ve = member({
  kind: "ve",
  source: "Song et al., arXiv 2011.13456, eq. 9 and 31",
  text: "alpha = 1, sigma = sigmaMin (sigmaMax / sigmaMin)^t on t in [tMin, 1]; Song et al., arXiv 2011.13456.",
  fields: {
    sigmaMin: number("[1e-150, 1e150)", 0.01, "sigma at t = 0, in units of the data."),
    sigmaMax: number("(1e-150, 1e150]", 50, "sigma at t = 1, above sigmaMin."),
    tMin: number("[1e-150, 1)", 1e-5, "First time that is used, below 1: where sampling stops."),
  },
  check({ sigmaMin, sigmaMax }) {
    if (sigmaMin < sigmaMax) return undefined;
    return { path: ["sigmaMax"], rule: `must be above sigmaMin = ${sigmaMin}`, value: sigmaMax };
  },
  create({ sigmaMin, sigmaMax, tMin }): NoiseSchedule {
    const first = Math.log(sigmaMin);
    const rise = Math.log(sigmaMax) - first;
    const logSnr = (t: number) => -2 * (first + rise * t);
    return {
      name: "ve",
      tMin,
      tMax: 1,
      kernel: { code: ScheduleCode.ve, parameters: [sigmaMin, sigmaMax] },
      logSnr,
      time: (value) => (-value / 2 - first) / rise,
      beta: (t) => betaOf(logSnr(t), 2 * rise),
      scale: (t) => unitAlphaScale(logSnr(t)),
    };
  },
});
