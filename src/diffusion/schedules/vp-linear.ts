import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";

/**
 * beta(t) = betaMin + (betaMax - betaMin) t on t in [tMin, 1].
 * log snr = -log(expm1(B(t))), B(t) = betaMin t + (betaMax - betaMin) t^2 / 2, which is twice the OU time.
 */
export const vpLinear = member({
  kind: "vp-linear",
  source: "Song et al., arXiv 2011.13456, eq. 11 and 32",
  text: "beta(t) = g(t)^2, the squared diffusion coefficient of dX = -(beta / 2) X dt + g dB, rises linearly on [tMin, 1]; Song et al., arXiv 2011.13456.",
  fields: {
    betaMin: number("[0, inf)", 0.1, "beta at t = 0."),
    betaMax: number("(0, inf)", 20, "beta at t = 1, at least betaMin."),
    tMin: number("(0, 1)", 0.001, "First time that is used, below 1: where sampling stops."),
  },
  check({ betaMin, betaMax }) {
    if (betaMax >= betaMin) return undefined;
    return { path: ["betaMax"], rule: `must be >= betaMin = ${betaMin}`, value: betaMax };
  },
  create({ betaMin, betaMax, tMin }): NoiseSchedule {
    const slope = betaMax - betaMin;
    return {
      name: "vp-linear",
      tMin,
      tMax: 1,
      kernel: { code: ScheduleCode.vpLinear, parameters: [betaMin, betaMax] },
      logSnr: (t) => logSnrOfOuTime(t * (betaMin + (slope * t) / 2) * 0.5),
      time: (logSnr) => {
        const B = 2 * ouTime(logSnr);
        return (2 * B) / (betaMin + Math.sqrt(betaMin * betaMin + 2 * slope * B));
      },
      beta: (t) => betaMin + slope * t,
    };
  },
});
