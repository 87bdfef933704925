import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateGrid } from "../../../src/diffusion/grid.js";
import { createGrid, type GridSpec, grids, kappaOf } from "../../../src/diffusion/grids/index.js";
import { ouTime } from "../../../src/diffusion/ou-time.js";
import type { NoiseSchedule } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { ArgumentError, ArgumentTypeError } from "../../../src/errors.js";
import { specsOf } from "../../support/specs.js";

const schedules = [
  createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-4 }),
  createSchedule({ kind: "vp-cosine", tMin: 1e-3, tMax: 0.995 }),
  createSchedule({ kind: "ou", tMin: 1e-3, tMax: 5 }),
];
const [linear, cosine, ou] = schedules;
/** Grids of a number of steps: all but the user's own times. */
const kinds = specsOf(grids).flatMap(({ kind }) => (kind === "user" ? [] : [kind]));
const tau = (schedule: NoiseSchedule, t: number) => ouTime(schedule.logSnr(t));

/** Largest difference between neighbours of f(times), relative to the smallest. */
function unevenness(times: Float64Array, f: (t: number) => number): number {
  const steps = Array.from(times.subarray(1), (t, k) => Math.abs(f(t) - f(times[k])));
  return Math.max(...steps) / Math.min(...steps) - 1;
}

describe("grids", () => {
  test("every kind: N + 1 strictly decreasing times, ends kept to the bit, kappa attached", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...schedules),
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0.6, max: 1, noNaN: true }),
        (kind, schedule, steps, low, high) => {
          const at = (u: number) => schedule.tMin + u * (schedule.tMax - schedule.tMin);
          const [start, end] = [Math.min(schedule.tMax, at(high)), at(low)];
          const grid = createGrid({ kind, steps, start, end }, schedule);
          expect(grid.times.length).toBe(steps + 1);
          expect(grid.times[0]).toBe(start);
          expect(grid.times[steps]).toBe(end);
          expect(() => validateGrid("grid", grid.times, schedule)).not.toThrow();
          expect(grid.kappa).toBe(kappaOf(grid, schedule));
        },
      ),
    );
  });

  test("start and end default to the schedule's tMax and tMin", () => {
    for (const kind of kinds) {
      const { times, name } = createGrid({ kind, steps: 10 }, cosine);
      expect([name, times[0], times[10]]).toEqual([kind, 0.995, 1e-3]);
    }
  });

  test.each(schedules)("uniform grids are even in their own variable ($name)", (schedule) => {
    expect(unevenness(createGrid({ kind: "uniform", steps: 37 }, schedule).times, (t) => t)).toBeLessThan(1e-10);
    expect(
      unevenness(createGrid({ kind: "uniform-log-snr", steps: 37 }, schedule).times, schedule.logSnr),
    ).toBeLessThan(1e-10);
    const root = (rho: number) => (t: number) => Math.exp(-schedule.logSnr(t) / (2 * rho));
    expect(unevenness(createGrid({ kind: "karras", steps: 37 }, schedule).times, root(7))).toBeLessThan(1e-10);
    expect(unevenness(createGrid({ kind: "karras", steps: 37, rho: 3 }, schedule).times, root(3))).toBeLessThan(1e-10);
  });

  // python3 -c 'print([(80**(1/7) + i/17*(0.002**(1/7) - 80**(1/7)))**7 for i in (0, 1, 9, 17)])'
  test("karras is eq. 5 of the paper in sigma / alpha: 18 levels from 80 to 0.002", () => {
    const wide = createSchedule({ kind: "ou", tMin: 1e-7, tMax: 5 });
    const time = (sigma: number) => wide.time(-2 * Math.log(sigma));
    const { times } = createGrid({ kind: "karras", steps: 17, start: time(80), end: time(0.002) }, wide);
    const sigma = (k: number) => Math.exp(-wide.logSnr(times[k]) / 2);
    expect(sigma(1)).toBeCloseTo(57.58598472124816, 10);
    expect(sigma(9)).toBeCloseTo(1.9233398370400518, 11);
  });

  test("benton with kappa, L, M is the recipe: L steps of kappa down to OU time 1, then a factor 1 + kappa each", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(linear, ou),
        fc.double({ min: 0.01, max: 0.1, noNaN: true }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (schedule, kappa, uniformSteps, geometricSteps) => {
          const grid = createGrid({ kind: "benton", kappa, uniformSteps, geometricSteps }, schedule);
          const taus = Array.from(grid.times, (t) => tau(schedule, t));
          expect(taus[0]).toBeCloseTo(kappa * uniformSteps + 1, 11);
          expect(taus[uniformSteps]).toBeCloseTo(1, 11);
          expect(taus[uniformSteps + geometricSteps] * (1 + kappa) ** geometricSteps).toBeCloseTo(1, 11);
          expect(grid.kappa).toBeCloseTo(kappa, 10);
        },
      ),
    );
  });

  test("benton with steps and ends has the smallest kappa of all splits, and the recipe is a fixed point", () => {
    for (const schedule of schedules) {
      for (const steps of [2, 3, 17, 100]) {
        const best = createGrid({ kind: "benton", steps }, schedule).kappa;
        const others = Array.from({ length: steps - 1 }, (_, i) =>
          createGrid({ kind: "geometric-tail", steps, uniformSteps: i + 1 }, schedule),
        );
        expect(best).toBe(Math.min(...others.map(({ kappa = Number.NaN }) => kappa)));
      }
    }
    const recipe = createGrid({ kind: "benton", kappa: 0.05, uniformSteps: 60, geometricSteps: 130 }, ou);
    const [start, end] = [recipe.times[0], recipe.times[190]];
    const same = createGrid({ kind: "benton", steps: 190, start, end }, ou);
    for (const [k, t] of same.times.entries()) expect(Math.abs(t / recipe.times[k] - 1)).toBeLessThan(1e-12);
  });

  test("benton beyond one side of OU time 1 is purely geometric or purely uniform", () => {
    const geometric = createGrid({ kind: "benton", steps: 20, start: 0.8 }, ou);
    expect(unevenness(geometric.times, Math.log)).toBeLessThan(1e-10);
    const flat = createGrid({ kind: "benton", steps: 20, end: 1.5 }, ou);
    expect(unevenness(flat.times, (t) => t)).toBeLessThan(1e-10);
    expect(flat.kappa).toBeCloseTo((5 - 1.5) / 20, 12);
  });

  test("geometric-tail splits floor(N (T - 1) / (T - 1 + log(1 / delta))) steps above OU time 1", () => {
    for (const [steps, uniformSteps] of [
      [20, 7],
      [50, 19],
      [100, 39],
      [200, 78],
      [400, 157],
    ] as const) {
      const range = { steps, start: 4, end: 0.01 };
      const grid = createGrid({ kind: "geometric-tail", ...range }, ou);
      expect(grid.times).toEqual(createGrid({ kind: "geometric-tail", ...range, uniformSteps }, ou).times);
      expect(grid.times[uniformSteps]).toBeCloseTo(1, 12);
      expect(unevenness(grid.times.subarray(0, uniformSteps + 1), (t) => t)).toBeLessThan(1e-10);
      expect(unevenness(grid.times.subarray(uniformSteps), Math.log)).toBeLessThan(1e-10);
    }
  });

  test("kappa is that of the definition, in OU time, on any schedule", () => {
    for (const schedule of schedules) {
      const grid = createGrid({ kind: "uniform", steps: 23 }, schedule);
      const ratios = Array.from(grid.times.subarray(1), (t, k) => {
        return (tau(schedule, grid.times[k]) - tau(schedule, t)) / Math.min(1, tau(schedule, t));
      });
      expect(grid.kappa).toBeCloseTo(Math.max(...ratios), 9);
    }
  });

  test("a user's times are kept to the bit", () => {
    const times = [4, 2.5, 0.1, 0.099999999999];
    expect(Array.from(createGrid({ kind: "user", times }, ou).times)).toEqual(times);
  });

  test.each<[GridSpec, string]>([
    [{ kind: "user", times: [4, 2, 2, 1] }, "grid.times[2] must be below times[1] = 2, got 2"],
    [{ kind: "user", times: [1, 2] }, "grid.times[1] must be below times[0] = 1, got 2"],
    [{ kind: "user", times: [6, 2] }, "grid.times[0] must lie in [0.001, 5] of schedule ou, got 6"],
    [{ kind: "user", times: [4, 1e-4] }, "grid.times[1] must lie in [0.001, 5] of schedule ou, got 0.0001"],
    [{ kind: "user", times: [4, 0] }, "grid.times[1] must lie in (0, inf), got 0"],
    [{ kind: "user", times: [4, Number.NaN] }, "grid.times[1] must lie in (0, inf), got NaN"],
    [{ kind: "user", times: [4] }, "grid.times must have at least 2 entries, got array of 1"],
    [{ kind: "uniform", steps: 0 }, "grid.steps must be an integer in [1, 1000000], got 0"],
    [{ kind: "uniform", steps: 10, start: 6 }, "grid.start must lie in (tMin, tMax] = (0.001, 5], got 6"],
    [{ kind: "uniform", steps: 10, start: 2, end: 3 }, "grid.end must lie in [tMin, start) = [0.001, 2), got 3"],
    [{ kind: "karras", steps: 10, rho: 0 }, "grid.rho must lie in (0, inf), got 0"],
    [{ kind: "benton", steps: 1 }, "grid.steps must be >= 2 where the grid crosses OU time 1"],
    [{ kind: "geometric-tail", steps: 10, uniformSteps: 10 }, "grid.uniformSteps must be an integer in [1, 9], got 10"],
    [
      { kind: "benton", kappa: 0.1, uniformSteps: 50, geometricSteps: 5 },
      "grid.kappa times uniformSteps + 1 must be an OU time <= that of tMax = 5, got 6",
    ],
    [
      { kind: "benton", kappa: 0.1, uniformSteps: 5, geometricSteps: 100 },
      "grid.geometricSteps must be at most 72 with kappa = 0.1, so that times stay above tMin = 0.001, got 100",
    ],
    [
      JSON.parse('{ "kind": "benton", "kappa": 0.1, "uniformSteps": 5, "geometricSteps": 5, "steps": 10 }'),
      "grid.steps must be absent where kappa is given, got 10",
    ],
    [
      JSON.parse('{ "kind": "benton", "kappa": 0.1, "uniformSteps": 5, "geometricSteps": 5, "end": 0.1 }'),
      "grid.end must be absent where kappa is given, got 0.1",
    ],
    [{ kind: "benton" }, "grid.steps must be given where kappa is not given, got undefined"],
    [
      { kind: "benton", kappa: 0.1, uniformSteps: 5 },
      "grid.geometricSteps must be given where kappa is given, got undefined",
    ],
    [
      { kind: "benton", steps: 10, geometricSteps: 5 },
      "grid.geometricSteps must be absent where kappa is not given, got 5",
    ],
    [
      { kind: "benton", kappa: 0.1, uniformSteps: 0, geometricSteps: 0 },
      "grid.geometricSteps must be >= 1 where uniformSteps is 0, got 0",
    ],
    [
      JSON.parse('{ "kind": "quadratic", "steps": 10 }'),
      'grid.kind must be one of "uniform", "uniform-log-snr", "karras", "benton", "geometric-tail" or "user", got "quadratic"',
    ],
  ])("%j is refused", (spec, message) => {
    expect(() => createGrid(spec, ou)).toThrow(ArgumentError);
    expect(() => createGrid(spec, ou)).toThrow(message);
  });

  test("times that are no numbers are type errors", () => {
    expect(() => createGrid(JSON.parse('{ "kind": "user", "times": 3 }'), ou)).toThrow(ArgumentTypeError);
    expect(() => createGrid(JSON.parse('{ "kind": "user", "times": [3, "2"] }'), ou)).toThrow(
      'grid.times[1] must lie in (0, inf), got "2"',
    );
  });

  test("more steps than there are numbers between the ends is not a grid", () => {
    const end = 4 - 8 * Number.EPSILON;
    expect(() => createGrid({ kind: "uniform", steps: 100, start: 4, end }, ou)).toThrow(
      "grid.steps must leave 100 steps between t = 4 and 3.9999999999999982 that float64 tells apart, which step 1 is not from the one before, got 100",
    );
  });
});
