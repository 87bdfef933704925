import { describe, expect, test } from "vitest";
import { gridOfCoordinate, levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { levelAt } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec } from "../../src/diffusion/schedules/index.js";
import { simdEngine } from "../support/engines.js";
import { diagonalGaussian } from "../support/gaussian.js";
import { everySampler, outputLaw } from "../support/samplers.js";
import { tries } from "../support/thorough.js";

const engine = await simdEngine();
const d = 16;
/** Eigenvalues from 1e-4 to 10, evenly in their logarithm. */
const variances = Array.from({ length: d }, (_, j) => 1e-4 * 1e5 ** (j / (d - 1)));
const count = tries(800, 2000);

const schedules: readonly NoiseScheduleSpec[] = [
  { kind: "edm", tMin: 0.01, tMax: 60 },
  { kind: "linear-interpolation", tMin: 0.01, tMax: 0.995 },
  { kind: "vp-linear" },
];

/** The grid with the mean square errors of the exact denoiser, one for each step and coordinate. */
function withCoordinateErrors(grid: TimeGrid, schedule: ReturnType<typeof createSchedule>): TimeGrid {
  const levels = levelsOf(schedule, grid).slice(0, -1);
  const errors = levels.flatMap(({ logSnr }) =>
    variances.map((variance) => variance / (1 + Math.exp(logSnr) * variance)),
  );
  return { ...grid, errors: Float64Array.from(errors) };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe.each(schedules)("on $kind, 16 dimensions with eigenvalues from 1e-4 to 10", (spec) => {
  const schedule = createSchedule(spec);
  const grid = withCoordinateErrors(createGrid({ kind: "karras", steps: 12 }, schedule), schedule);
  const denoiser = diagonalGaussian(variances);

  test.each(everySampler)("W2 of $name to the noised law is what the closed recursion says", (sampler) => {
    const laws = variances.map((variance, j) => {
      const own = sampler.needsErrors === "coordinates" ? gridOfCoordinate(grid, j) : grid;
      return outputLaw({ schedule, grid: own, sampler, variance });
    });
    const reached = laws.map(({ variance }) => variance);
    const { alpha, sigma } = levelAt(schedule, grid.times[grid.times.length - 1]);
    const wanted = variances.map((variance) => alpha * alpha * variance + sigma * sigma);
    const x = sample(engine, { count, denoiser, schedule, grid, sampler, seed: 3 });
    const moments = variances.map((_, j) => {
      const column = Array.from({ length: count }, (_, i) => x[i * d + j]);
      return { mean: sum(column) / count, variance: sum(column.map((value) => value * value)) / count };
    });
    // W2^2 of two Gaussians on the same axes; means are exact, so that of the samples adds V / n, and the roots of their variances V / (2 n).
    const gap = (variance: number, j: number) => (Math.sqrt(variance) - Math.sqrt(wanted[j])) ** 2;
    const measured = sum(moments.map(({ mean, variance }, j) => mean * mean + gap(variance, j)));
    const expected = sum(reached.map((variance, j) => gap(variance, j) + (1.5 * variance) / count));
    const squares = reached.map(
      (variance, j) => (2 * gap(variance, j) * variance) / count + 2.5 * (variance / count) ** 2,
    );
    // python3 -c 'from scipy.stats import norm; print(norm.ppf(1-5e-6))', one of a hundred tests in a thousand runs.
    expect(Math.abs(measured - expected)).toBeLessThan(4.417 * Math.sqrt(sum(squares)));
  });
});
