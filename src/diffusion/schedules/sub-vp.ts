import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule } from "../schedule.js";
import { vpLinear } from "./vp-linear.js";

/**
 * alpha = e^(-B/2) and sigma = 1 - e^-B, B(t) as of vp-linear: less noise than its variance preserving twin.
 * log snr = -2 log(2 sinh(B / 2)), and sqrt(alpha^2 + sigma^2) is the scale.
 */
export const subVp = member({
  kind: "sub-vp",
  source: "Song et al., arXiv 2011.13456, eq. 29",
  text: "alpha = exp(-B / 2), sigma = 1 - exp(-B), B the integral of the beta of vp-linear; Song et al., arXiv 2011.13456.",
  fields: {
    ...vpLinear.fields,
    tMin: number("[1e-70, 1)", 0.001, "First time that is used, below 1: where sampling stops."),
  },
  check: (settings) => vpLinear.check?.(settings),
  create(settings): NoiseSchedule {
    const { betaMin, betaMax, tMin } = settings;
    const { beta, tMax } = vpLinear.create(settings);
    const slope = betaMax - betaMin;
    const half = (t: number) => t * (betaMin + (slope * t) / 2) * 0.5;
    const logSnr = (t: number) => logSnrOfHalf(half(t));
    return {
      name: "sub-vp",
      tMin,
      tMax,
      kernel: { code: ScheduleCode.subVp, parameters: [betaMin, betaMax] },
      logSnr,
      time: (value) => {
        const B = 2 * Math.asinh(Math.exp(-value / 2) / 2);
        return (2 * B) / (betaMin + Math.sqrt(betaMin * betaMin + 2 * slope * B));
      },
      beta: (t) => betaOf(logSnr(t), beta(t) / Math.tanh(half(t))),
      scale: (t) => Math.hypot(Math.exp(-half(t)), Math.expm1(-2 * half(t))),
    };
  },
});

/** -2 log(2 sinh b), without overflow for large b. */
function logSnrOfHalf(b: number): number {
  return b < 1 ? -2 * Math.log(2 * Math.sinh(b)) : -2 * (b + Math.log1p(-Math.exp(-2 * b)));
}
