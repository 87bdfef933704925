import { requireGrid, type TimeGrid } from "../diffusion/grid.js";
import { mostSteps } from "../diffusion/grids/range.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { requireSchedule } from "../diffusion/schedule.js";
import { requireInteger, requireLength, requireNumber, requireNumbers } from "../errors.js";

/** Share of the steps that is spread evenly in log snr, for what the pilot did not see. */
const evenShare = 0.05;

/**
 * Times of `steps` steps that cost alike, from the costs of the steps of a finer pilot grid with the same ends, float64 [its steps]. Where a short
 * step of width D in snr costs f D^power, the sum over N steps is least where all have the same share of the integral of f^(1/power) (Hoelder), so
 * of the sum of costs^(1/power): power 2 for costs that fall like 1/N, 3 for those of `full-covariance` and `jvp`, which fall like N^-2.
 * Positions inside a pilot step are interpolated in log snr.
 */
export function equalShareTimes(
  schedule: NoiseSchedule,
  pilot: TimeGrid,
  costs: Float64Array,
  steps: number,
  power: number,
): number[] {
  requireSchedule(schedule);
  const { times } = requireGrid(pilot);
  requireNumbers("costs", costs);
  requireLength("costs", costs, times.length - 1);
  requireInteger("steps", steps, 1, mostSteps);
  requireNumber("power", power, "must be finite and >= 1", (value) => value >= 1);
  const logSnr = Float64Array.from(times, (t) => schedule.logSnr(t));
  const reached = shares(logSnr, costs, power);
  let at = 1;
  return Array.from({ length: steps + 1 }, (_, k) => {
    if (k === 0) return times[0];
    if (k === steps) return times[times.length - 1];
    while (at < times.length - 1 && reached[at] < k / steps) at++;
    const inside = (k / steps - reached[at - 1]) / (reached[at] - reached[at - 1]);
    return schedule.time(logSnr[at - 1] + inside * (logSnr[at] - logSnr[at - 1]));
  });
}

/** The share of all steps that is used up at each time of the pilot. */
function shares(logSnr: Float64Array, costs: Float64Array, power: number): Float64Array {
  const last = costs.length;
  const roots = costs.map((cost) => Math.max(0, cost) ** (1 / power));
  const total = roots.reduce((sum, root) => sum + root, 0);
  const even = total > 0 ? evenShare : 1;
  const reached = new Float64Array(last + 1);
  for (let k = 0; k < last; k++) {
    const width = (logSnr[k + 1] - logSnr[k]) / (logSnr[last] - logSnr[0]);
    reached[k + 1] = reached[k] + even * width + (total > 0 ? ((1 - even) * roots[k]) / total : 0);
  }
  return reached;
}
