import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import { largestLogSnr, type NoiseSchedule } from "../schedule.js";

/** betaMin + betaMax at which log snr is -700 at t = 1. */
const mostNoise = 2 * largestLogSnr;

/**
 * beta(t) = betaMin + (betaMax - betaMin) t on t in [tMin, 1].
 * log snr = -log(expm1(B(t))), B(t) = betaMin t + (betaMax - betaMin) t^2 / 2, which is twice the OU time.
 */
export const vpLinear = member({
  kind: "vp-linear",
  source: "Song et al., arXiv 2011.13456, eq. 11 and 32",
  text: "beta(t) = g(t)^2, the squared diffusion coefficient of dX = -(beta / 2) X dt + g dB, rises linearly on [tMin, 1]; Song et al., arXiv 2011.13456.",
  fields: {
    betaMin: number("[0, 700]", 0.1, "beta at t = 0."),
    betaMax: number("[0.001, 1400]", 20, "beta at t = 1, at least betaMin; their sum is at most 1400."),
    tMin: number("[1e-150, 1)", 0.001, "First time that is used, below 1: where sampling stops."),
  },
  check({ betaMin, betaMax }) {
    if (betaMax < betaMin) return { path: ["betaMax"], rule: `must be >= betaMin = ${betaMin}`, value: betaMax };
    // In the order of B(1): a sum may round to 1400 where half of it is above 700.
    if (betaMin + (betaMax - betaMin) / 2 <= largestLogSnr) return undefined;
    const rule = `must be at most ${mostNoise} - betaMin = ${mostNoise - betaMin}: above, float64 has no alpha^2 / sigma^2 at t = 1`;
    return { path: ["betaMax"], rule, value: betaMax };
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
