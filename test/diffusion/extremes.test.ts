import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid, type GridSpec, grids } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { levelAt, type NoiseSchedule, requireSchedule, snrOf } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec, schedules } from "../../src/diffusion/schedules/index.js";
import { ArgumentError } from "../../src/errors.js";
import { simdEngine } from "../support/engines.js";
import { linearDenoiser } from "../support/gaussian.js";
import { withErrors } from "../support/samplers.js";
import { arbitrarySpec, extremeSpec } from "../support/specs.js";
import { timeRounding } from "../support/time-rounding.js";

const engine = await simdEngine();
const leastNormal = 2 ** -1022;

/** Keys of a schedule. */
const settings = /^schedule\.\w+(\[\d+\])?$/;

/** What `work` makes; undefined where it refuses one of the settings by its key. */
function made<T>(keys: RegExp, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    expect(error.argument).toMatch(keys);
    return undefined;
  }
}

const schedule = fc
  .oneof(
    fc.constantFrom<NoiseScheduleSpec>({ kind: "vp-linear" }, { kind: "vp-cosine" }, { kind: "ou" }),
    ...Object.values(schedules).map(extremeSpec),
  )
  .map((spec) => made(settings, () => createSchedule(spec as NoiseScheduleSpec)));

describe("settings at the ends of their ranges", () => {
  test.each(Object.values(schedules))(
    "$kind: levels that float64 holds at both ends, or a key that is refused",
    (member) => {
      let accepted = 0;
      fc.assert(
        fc.property(extremeSpec(member), (spec) => {
          const made1 = made(settings, () => createSchedule(spec as NoiseScheduleSpec));
          if (!made1) return;
          accepted++;
          for (const t of [made1.tMin, made1.tMax]) {
            const level = levelAt(made1, t);
            for (const value of [snrOf(level), 1 / snrOf(level), level.alpha ** 2, level.sigma ** 2]) {
              expect(value).toBeGreaterThanOrEqual(leastNormal);
              expect(value).toBeLessThan(Infinity);
            }
            expect(Math.abs(made1.time(level.logSnr) - t)).toBeLessThanOrEqual(1e-9 * t + timeRounding(made1, t));
            expect(made1.beta(t)).toBeGreaterThanOrEqual(0);
          }
        }),
        { numRuns: 300 },
      );
      // Few lists of numbers are in order.
      expect(accepted).toBeGreaterThan(member.kind === "user" ? 2 : 20);
    },
  );

  test.each(Object.values(grids))("$kind: strictly decreasing noise, or a key that is refused", (member) => {
    let accepted = 0;
    fc.assert(
      fc.property(schedule, fc.oneof(extremeSpec(member), arbitrarySpec(member)), (clock, spec) => {
        const grid = clock && made(/^grid(\.\w+(\[\d+\])?|\[\d+\])$/, () => createGrid(spec as GridSpec, clock));
        if (!grid) return;
        accepted++;
        const levels = levelsOf(clock, grid);
        for (let k = 1; k < levels.length; k++) expect(levels[k].logSnr).toBeGreaterThan(levels[k - 1].logSnr);
        expect(grid.kappa).toBeLessThan(Infinity);
      }),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(5);
  });

  test.each(Object.values(samplers))(
    "$name: finite samples of the exact denoiser, or a grid that is refused",
    (sampler) => {
      const spaced = fc.constantFrom("uniform", "uniform-log-snr", "karras", "geometric-tail", "benton");
      let sampled = 0;
      fc.assert(
        fc.property(schedule, spaced, fc.integer({ min: 1, max: 40 }), (clock, kind, steps) => {
          const grid = clock && made(/^grid/, () => createGrid({ kind, steps } as GridSpec, clock));
          if (!grid) return;
          // E[X_0 | x] of N(0, 1).
          const denoiser = linearDenoiser(1, ({ alpha }) => [alpha, 0]);
          const given = { count: 4, denoiser, schedule: clock, grid: withErrors(grid, clock, 1), sampler, seed: 1 };
          const run = () => sample(engine, given);
          const samples = made(/^grid$/, run);
          if (!samples) return;
          sampled++;
          expect([...samples].every(Number.isFinite)).toBe(true);
        }),
        { numRuns: 600 },
      );
      expect(sampled).toBeGreaterThan(20);
    },
  );

  test("ends that numbers do not tell apart are refused", () => {
    const near = { kind: "vp-linear", betaMin: 0, betaMax: 0.001526282056217097, tMin: 1 - 2 ** -53 } as const;
    expect(() => createSchedule(near)).toThrow("schedule.tMin must leave a log snr above that of tMax = 1, got 0.99");
  });

  test("a time that rounding puts beyond the schedule is its end, and one that a user puts there is refused", () => {
    const clock = createSchedule({ kind: "vp-cosine", tMin: 0.005, tMax: 0.9999999999989999 });
    const recipe = { kind: "benton", kappa: 40, uniformSteps: 1, geometricSteps: 1 } as const;
    expect(createGrid(recipe, clock).times[0]).toBe(clock.tMax);
    const rule = "grid.times[0] must lie in [0.005, 0.9999999999989999] of schedule vp-cosine, got 1";
    expect(() => createGrid({ kind: "user", times: [1, 0.5] }, clock)).toThrow(rule);
  });

  test("a schedule that begins where it ends, or behind, is refused", () => {
    const clock = createSchedule({ kind: "vp-cosine", tMin: 0.005, tMax: 0.99 });
    // The tangent comes back.
    expect(() => requireSchedule({ ...clock, tMin: 2 ** 32 })).toThrow(
      "schedule.tMin must be below tMax = 0.99, got 4294967296",
    );
    expect(() => requireSchedule({ ...clock, tMin: 0.99 })).toThrow("schedule.tMin must be below tMax");
  });

  test("a schedule of the user's own is held to the same ends", () => {
    const own: NoiseSchedule = {
      name: "own",
      tMin: 1,
      tMax: 2,
      logSnr: (t) => 2000 - 1500 * t,
      time: () => 1,
      beta: () => 1,
    };
    expect(() => requireSchedule({ ...own, logSnr: (t) => -1000 * t })).toThrow(
      "schedule.logSnr must give a log snr in [-700, 700] at tMin = 1, got -1000",
    );
    expect(() => requireSchedule(own)).toThrow(
      "schedule.logSnr must give a log snr in [-700, 700] at tMax = 2, got -1000",
    );
    expect(() => requireSchedule({ ...own, logSnr: () => 3 })).toThrow(
      "must be below its value 3 at tMin where t is tMax, got 3",
    );
  });
});
