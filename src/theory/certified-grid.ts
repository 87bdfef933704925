import { requireGrid, type TimeGrid, validateGrid } from "../diffusion/grid.js";
import { createGrid, type GridSpec } from "../diffusion/grids/index.js";
import { type GridRange, mostSteps, resolveRange } from "../diffusion/grids/range.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { requireInteger, requireNumber } from "../errors.js";
import { curveAt, type MmseCurve, requireCurve } from "./mmse-curve.js";
import { ancestralStepCost, discretizationOf, optimalGridIndices, type StepCost } from "./optimal-grid.js";

/** `count` snr from that of `start` to that of `end`, equally spaced in log. */
export function snrLadder(schedule: NoiseSchedule, range: GridRange, count: number): Float64Array {
  requireInteger("count", count, 2, candidates * mostSteps + 1);
  const { start, end } = resolveRange(range, schedule);
  const low = requireNumber("schedule.logSnr(start)", schedule.logSnr(start));
  const high = requireNumber("schedule.logSnr(end)", schedule.logSnr(end));
  return Float64Array.from({ length: count }, (_, i) => Math.exp(low + ((high - low) * i) / (count - 1)));
}

/** Ladder points per step that the dynamic program chooses from. */
const candidates = 12;

/**
 * The times of the grid that minimizes the discretization term of a certificate for an mmse curve, over a ladder of snr that
 * is 12 times finer than the grid (theory 2f, 2h). First and last time are the range's, to the bit.
 * @param cost of a step. Default: of the ancestral sampler. A grid that is best for one sampler may be a bad one for another.
 */
export function certifiedTimes(
  curve: MmseCurve,
  schedule: NoiseSchedule,
  range: GridRange,
  cost: StepCost = ancestralStepCost,
): number[] {
  requireCurve(curve);
  const { steps, start, end } = resolveRange(range, schedule);
  const ladder = curveAt(curve, snrLadder(schedule, range, Math.max(257, candidates * steps + 1)));
  return Array.from(optimalGridIndices(ladder, steps, cost), (index, k) => {
    if (k === 0) return start;
    return k === steps ? end : schedule.time(Math.log(ladder.snr[index]));
  });
}

/** Discretization term of the ancestral certificate on a grid, nats, by the mmse curve. */
export function discretizationOn(curve: MmseCurve, schedule: NoiseSchedule, grid: TimeGrid): number {
  requireCurve(curve);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  const points = curveAt(
    curve,
    Float64Array.from(grid.times, (t) => Math.exp(schedule.logSnr(t))),
  );
  return discretizationOf(points, Array.from(points.snr.keys()));
}

/** A grid and the discretization term that the law's MMSE curve gives it. */
export interface GridComparison {
  readonly grid: string;
  /** Nats. */
  readonly discretization: number;
  readonly times: readonly number[];
}

/** The certified grid beside those of the literature, with the same number of steps and the same ends. */
export function compareGrids(curve: MmseCurve, schedule: NoiseSchedule, range: GridRange): GridComparison[] {
  requireCurve(curve);
  resolveRange(range, schedule);
  const specs: GridSpec[] = [
    { kind: "benton", ...range },
    { kind: "karras", ...range },
    { kind: "uniform-log-snr", ...range },
    { kind: "uniform", ...range },
  ];
  const grids = [
    { ...createGrid({ kind: "user", times: certifiedTimes(curve, schedule, range) }, schedule), name: "certified" },
    ...specs.map((spec) => createGrid(spec, schedule)),
  ];
  return grids.map((grid) => ({
    grid: grid.name,
    discretization: discretizationOn(curve, schedule, grid),
    times: [...grid.times],
  }));
}
