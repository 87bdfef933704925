import { levelAt, type NoiseSchedule } from "../../../diffusion/schedule.js";
import type { Target } from "../../../targets/target.js";
import type { Certificate } from "../../../theory/certificate/certificate.js";
import { nonIncreasingFit } from "../../../theory/isotonic.js";
import { gaussianMmseCurve, type MmseCurve, mmseCurve } from "../../../theory/mmse-curve.js";
import { optimalGridIndices } from "../../../theory/optimal-grid.js";

const curvePoints = 2001;

/** Even in log snr, from the schedule's first level to its last. */
function snrAxis({ tMax, tMin, logSnr }: NoiseSchedule, points: number): Float64Array {
  const [first, last] = [logSnr(tMax), logSnr(tMin)];
  return Float64Array.from({ length: points }, (_, i) => Math.exp(first + ((last - first) * i) / (points - 1)));
}

/** The mmse curve of a Gaussian target in closed form; undefined for others. */
export function targetCurve({ gaussianVariances }: Target, schedule: NoiseSchedule): MmseCurve | undefined {
  return gaussianVariances && gaussianMmseCurve(gaussianVariances, snrAxis(schedule, curvePoints));
}

/** The curve that a certificate sampled at the starts of its steps; its last value is kept up to the last level. */
export function sampledCurve({ steps }: Certificate, schedule: NoiseSchedule): MmseCurve {
  const fit = nonIncreasingFit(steps.mmse, steps.snr);
  const last = Math.exp(levelAt(schedule, schedule.tMin).logSnr);
  return mmseCurve(Float64Array.from([...steps.snr, last]), Float64Array.from([...fit, fit.at(-1) ?? 0]));
}

/** Times of the grid that minimizes the discretization term on a curve. */
export function certifiedTimes(curve: MmseCurve, schedule: NoiseSchedule, steps: number): Float64Array {
  const { tMax, tMin } = schedule;
  return Float64Array.from(optimalGridIndices(curve, steps), (index, k) => {
    if (k === 0) return tMax;
    return k === steps ? tMin : schedule.time(Math.log(curve.snr[index]));
  });
}
