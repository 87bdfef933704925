import { requireNumber } from "../../errors.js";
import type { NoiseSchedule } from "../schedule.js";

export interface VpCosineSpec {
  readonly kind: "vp-cosine";
  /** 0 < tMin < tMax < 1. */
  readonly tMin: number;
  readonly tMax: number;
}

/**
 * alpha = cos(pi t / 2), sigma = sin(pi t / 2): the cosine schedule of Nichol and Dhariwal, arXiv 2102.09672, eq. 17,
 * in the continuous form of Salimans and Ho, arXiv 2202.00512. beta(t) = pi tan(pi t / 2) has a pole at t = 1.
 */
export function vpCosine({ tMin, tMax }: VpCosineSpec): NoiseSchedule {
  requireNumber("schedule.tMax", tMax, "must lie in (0, 1)", (value) => value > 0 && value < 1);
  requireNumber("schedule.tMin", tMin, `must lie in (0, tMax = ${tMax})`, (value) => value > 0 && value < tMax);
  return {
    name: "vp-cosine",
    tMin,
    tMax,
    kernel: { code: 1, parameters: [0, 0] },
    logSnr: (t) => -2 * logTan(t),
    time: (logSnr) => (2 / Math.PI) * Math.atan(Math.exp(-logSnr / 2)),
    beta: (t) => (t <= 0.5 ? Math.PI * Math.tan(halfPi * t) : Math.PI / Math.tan(halfPi * (1 - t))),
  };
}

const halfPi = Math.PI / 2;

/** log tan(pi t / 2) for t in (0, 1): 1 - t is exact above 1/2, so nothing cancels near the pole. */
function logTan(t: number): number {
  return t <= 0.5 ? Math.log(Math.tan(halfPi * t)) : -Math.log(Math.tan(halfPi * (1 - t)));
}
