import { requireNumber } from "../../errors.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";

export interface VpLinearSpec {
  readonly kind: "vp-linear";
  /** beta(0) >= 0 and beta(1) >= beta(0): 0.1 and 20 in Song et al. */
  readonly betaMin: number;
  readonly betaMax: number;
  /** First time that is used, in (0, 1): the early stopping of sampling. */
  readonly tMin: number;
}

/**
 * beta(t) = betaMin + (betaMax - betaMin) t on t in [tMin, 1]: the VP SDE of Song et al., arXiv 2011.13456, eq. 11 and 32.
 * log snr = -log(expm1(B(t))), B(t) = betaMin t + (betaMax - betaMin) t^2 / 2, which is twice the OU time.
 */
export function vpLinear({ betaMin, betaMax, tMin }: VpLinearSpec): NoiseSchedule {
  requireNumber("schedule.betaMin", betaMin, "must be >= 0", (value) => value >= 0);
  requireNumber("schedule.betaMax", betaMax, `must be > 0 and >= betaMin = ${betaMin}`, (v) => v > 0 && v >= betaMin);
  requireNumber("schedule.tMin", tMin, "must lie in (0, 1)", (value) => value > 0 && value < 1);
  const slope = betaMax - betaMin;
  return {
    name: "vp-linear",
    tMin,
    tMax: 1,
    kernel: { code: 0, parameters: [betaMin, betaMax] },
    logSnr: (t) => logSnrOfOuTime(t * (betaMin + (slope * t) / 2) * 0.5),
    time: (logSnr) => {
      const B = 2 * ouTime(logSnr);
      return (2 * B) / (betaMin + Math.sqrt(betaMin * betaMin + 2 * slope * B));
    },
    beta: (t) => betaMin + slope * t,
  };
}
