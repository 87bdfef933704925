import type { NoiseSchedule } from "../../src/diffusion/schedule.js";

/** What the rounding of log snr hides of a time: all of it where log snr hardly moves. */
export function timeRounding(schedule: NoiseSchedule, t: number): number {
  const logSnr = schedule.logSnr(t);
  const slope = schedule.beta(t) * (1 + Math.exp(logSnr));
  return (4 * Number.EPSILON * Math.max(8, Math.abs(logSnr))) / slope;
}
