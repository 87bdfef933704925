import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gaussianKl, gaussianLaw } from "../../src/diffusion/gaussian-law.js";
import { createGrid, type GridSpec } from "../../src/diffusion/grids/index.js";
import type { Sampler } from "../../src/diffusion/sampler.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { levelAt, type NoiseLevel } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec } from "../../src/diffusion/schedules/index.js";
import { ArgumentError } from "../../src/errors.js";
import { corrected, everySteppingSampler, withErrors } from "../support/samplers.js";
import { logLogSlope } from "../support/slope.js";

// alpha at the start is below 1e-4, so that the prior's error stays below that of the steps.
const schedules: NoiseScheduleSpec[] = [
  { kind: "vp-linear", betaMin: 0.1, betaMax: 40, tMin: 0.03 },
  { kind: "vp-cosine", tMin: 0.05, tMax: 0.99995 },
  { kind: "ou", tMin: 0.01, tMax: 10 },
];

function outputLaw(sampler: Sampler, scheduleSpec: NoiseScheduleSpec, gridSpec: GridSpec, variance: number, mean = 0) {
  const schedule = createSchedule(scheduleSpec);
  // Of two variances, neither of which is their mean: steps that are exact for one Gaussian law have no order to be measured.
  const grid = withErrors(createGrid(gridSpec, schedule), schedule, 0.25, 3);
  const law = gaussianLaw({ schedule, grid, sampler, variance, mean });
  const N = law.kl.length - 1;
  return { kl: law.kl[N], variance: law.variance[N], target: law.forwardVariance[N], law };
}

describe("gaussianLaw", () => {
  const counts = [250, 500, 1000, 2000];
  describe.each(schedules)("$kind", (schedule) => {
    test.each(everySteppingSampler.filter(({ name }) => name !== "full-covariance"))(
      "$name has its order p: KL of the output falls like N^-2p, its variance's error like N^-p",
      (sampler) => {
        const { order } = sampler;
        for (const variance of [0.25, 3]) {
          const rows = counts.map((steps) =>
            outputLaw(sampler, schedule, { kind: "uniform-log-snr", steps }, variance),
          );
          const kl = logLogSlope(
            counts,
            rows.map((row) => row.kl),
          );
          const error = logLogSlope(
            counts,
            rows.map((row) => Math.abs(row.variance - row.target)),
          );
          expect(Math.abs(kl + 2 * order)).toBeLessThan(0.06);
          expect(Math.abs(error + order)).toBeLessThan(0.06);
        }
      },
    );
  });

  test("full-covariance is exact on Gaussian laws: what is left is the error of the prior, which a step does not add to", () => {
    for (const variance of [0.25, 3]) {
      for (const steps of [1, 10, 100]) {
        const { law, kl } = outputLaw(
          samplers["full-covariance"],
          schedules[0],
          { kind: "uniform-log-snr", steps },
          variance,
        );
        expect(kl).toBeLessThanOrEqual(law.kl[0] * (1 + 1e-9) + 1e-15);
        expect(law.kl[0]).toBeLessThan(1e-5);
      }
    }
  });

  test("the recursion is what an independent float64 simulation of two moments says", () => {
    const { law } = outputLaw(samplers["euler-maruyama"], schedules[2], { kind: "benton", steps: 30 }, 0.25, 1.5);
    const schedule = createSchedule(schedules[2]);
    const { times } = createGrid({ kind: "benton", steps: 30 }, schedule);
    // Propagates E x and E x^2 by the sampler's drift in score form.
    let [m, square] = [0, 1];
    for (let k = 0; k < 30; k++) {
      const [t, h] = [times[k], times[k] - times[k + 1]];
      const [alpha, v] = [Math.exp(-t), Math.exp(-2 * t) * 0.25 - Math.expm1(-2 * t)];
      const [a, b] = [1 + h - (2 * h) / v, (2 * h * alpha * 1.5) / v];
      [m, square] = [a * m + b, a * a * square + 2 * a * b * m + b * b + 2 * h];
    }
    expect(law.mean[30]).toBeCloseTo(m, 12);
    expect(law.variance[30]).toBeCloseTo(square - m * m, 12);
  });

  test("a step with a correction is x^ + c (D(x^) - D(x)): the recursion of two moments, written out", () => {
    const [schedule, variance, mu] = [createSchedule(schedules[2]), 0.25, 1.5];
    const grid = createGrid({ kind: "benton", steps: 12 }, schedule);
    const law = gaussianLaw({ schedule, grid, sampler: corrected, variance, mean: mu });
    const denoised = ({ alpha, sigma }: NoiseLevel, x: number) =>
      (alpha * variance * x + sigma ** 2 * mu) / (alpha * alpha * variance + sigma * sigma);
    const levels = Array.from(grid.times, (t) => levelAt(schedule, t));
    // A step is affine in (x, z): its values at (0, 0), (1, 0) and (0, 1) are all of it.
    let [m, v] = [0, 1];
    for (let k = 0; k < 12; k++) {
      const c = corrected.coefficients(levels[k], levels[k + 1], schedule);
      const step = (x: number, z: number) => {
        const predicted = c.x * x + c.denoised * denoised(levels[k], x) + c.noise * z;
        return predicted + (c.correction ?? 0) * (denoised(levels[k + 1], predicted) - denoised(levels[k], x));
      };
      const origin = step(0, 0);
      const [slope, noise] = [step(1, 0) - origin, step(0, 1) - origin];
      [m, v] = [slope * m + origin, slope * slope * v + noise * noise];
    }
    expect(law.mean[12]).toBeCloseTo(m, 12);
    expect(law.variance[12]).toBeCloseTo(v, 12);
  });

  test("starts at N(0, 1) and carries the forward law beside it", () => {
    const { law } = outputLaw(samplers.ddim, schedules[0], { kind: "uniform", steps: 10 }, 0.5, 2);
    const level = levelAt(createSchedule(schedules[0]), 1);
    expect([law.mean[0], law.variance[0]]).toEqual([0, 1]);
    expect(law.forwardMean[0]).toBeCloseTo(2 * level.alpha, 14);
    expect(law.forwardVariance[0]).toBeCloseTo(1 - 0.5 * level.alpha ** 2, 14);
    expect(law.kl[0]).toBeCloseTo(gaussianKl(law.forwardMean[0], law.forwardVariance[0], 0, 1), 14);
    expect(law.kl.length).toBe(11);
  });

  test("of a sampler that takes steps of its own is not known, and it is refused by name", () => {
    expect(() => outputLaw(samplers.rk45, schedules[0], { kind: "uniform", steps: 10 }, 1)).toThrow(
      "sampler rk45 takes steps of its own",
    );
  });

  test("refuses a negative variance", () => {
    expect(() => outputLaw(samplers.ddim, schedules[0], { kind: "uniform", steps: 10 }, -1)).toThrow(ArgumentError);
  });
});

describe("gaussianKl", () => {
  test("is the textbook formula where that does not cancel", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (shift, p, q) => {
          const textbook = 0.5 * (p / q - 1 + shift ** 2 / q + Math.log(q / p));
          expect(Math.abs(gaussianKl(shift, p, 0, q) - textbook)).toBeLessThanOrEqual(
            1e-15 * (8 + p / q + shift ** 2 / q),
          );
        },
      ),
    );
  });

  // python3 -c 'from mpmath import *; mp.dps = 50; print([float((r - log(1 + r)) / 2) for r in map(mpf, (2**-40, -2**-20, 0.0625, -0.09375, 0.125))])'
  test("keeps full relative precision where both laws nearly agree", () => {
    const rows: [number, number][] = [
      [2 ** -40, 2.0679515313813154e-25],
      [-(2 ** -20), 2.2737382000362514e-13],
      [0.0625, 0.0009376890917825787],
      [-0.09375, 0.00234503640662626],
      [0.125, 0.0036084821718082726],
    ];
    for (const [r, expected] of rows) {
      expect(Math.abs(gaussianKl(0, 1 + r, 0, 1) / expected - 1)).toBeLessThan(1e-14);
    }
  });

  test.each([0, -1, Number.NaN])("refuses the variance %d", (variance) => {
    expect(() => gaussianKl(0, variance, 0, 1)).toThrow(ArgumentError);
    expect(() => gaussianKl(0, 1, 0, variance)).toThrow(ArgumentError);
  });
});
