import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGrid, type GridSpec } from "../../src/diffusion/grids/index.js";
import type { NoiseSchedule } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec, schedules } from "../../src/diffusion/schedules/index.js";
import { isFedscoreError } from "../../src/errors.js";
import {
  gaussianAncestralDiscretization,
  gaussianExponentialIntegratorDiscretization,
} from "../../src/theory/gaussian-discretization.js";
import { bentonRates } from "../../src/theory/rates.js";
import {
  worstAncestralDiscretization,
  worstEulerMaruyamaDiscretization,
  worstExponentialIntegratorDiscretization,
} from "../../src/theory/worst-case-discretization.js";
import { extremeSpec } from "../support/specs.js";

const schedule = fc
  .oneof(
    fc.constantFrom<NoiseScheduleSpec>({ kind: "vp-linear" }, { kind: "vp-cosine" }, { kind: "ou" }),
    ...Object.values(schedules).map(extremeSpec),
  )
  .map((spec) => attempt(() => createSchedule(spec as NoiseScheduleSpec)));
const spec = fc.oneof(
  fc.record({ kind: fc.constantFrom("uniform", "uniform-log-snr", "benton"), steps: fc.integer({ min: 1, max: 30 }) }),
  fc.record({
    kind: fc.constant("benton"),
    kappa: fc.constantFrom(1e-12, 1e-9, 1e-4, 0.3),
    uniformSteps: fc.integer({ min: 0, max: 4 }),
    geometricSteps: fc.integer({ min: 1, max: 4 }),
  }),
);
const variance = fc.oneof(
  fc.constantFrom(0, 1, 1e-300, 1e-30, 1e30, 1e300),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
);

/** undefined where this is refused with a code. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isFedscoreError(error) || error.code === "FEDSCORE_BOUND_VIOLATED") throw error;
    return undefined;
  }
}

type Term = (clock: NoiseSchedule, grid: ReturnType<typeof createGrid>, variance: number) => number;

const terms: Readonly<Record<string, Term>> = {
  gaussianAncestral: (clock, grid, v) => gaussianAncestralDiscretization(clock, grid, [v]),
  gaussianExponentialIntegrator: (clock, grid, v) => gaussianExponentialIntegratorDiscretization(clock, grid, [v]),
  worstAncestral: (clock, grid, v) => worstAncestralDiscretization(clock, grid, moments(v)),
  worstExponentialIntegrator: (clock, grid, v) => worstExponentialIntegratorDiscretization(clock, grid, moments(v)),
  worstEulerMaruyama: (clock, grid, v) => worstEulerMaruyamaDiscretization(clock, grid, moments(v)),
  bentonRates: (clock, grid) => Math.min(...Object.values(bentonRates(clock, grid, 2).terms)),
};
const moments = (v: number) => ({ dimension: 2, variance: v, secondMoment: 2 * v });

describe("terms of bounds", () => {
  test.each(Object.entries(terms))("%s is finite and not negative, or refused", (_, term) => {
    let computed = 0;
    fc.assert(
      fc.property(schedule, spec, variance, (clock, given, v) => {
        const grid = clock && attempt(() => createGrid(given as GridSpec, clock));
        const value = clock && grid && attempt(() => term(clock, grid, v));
        if (value === undefined) return;
        computed++;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(Infinity);
      }),
      { numRuns: 500 },
    );
    expect(computed).toBeGreaterThan(100);
  });
});
