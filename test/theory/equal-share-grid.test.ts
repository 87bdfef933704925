import { describe, expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { equalShareTimes } from "../../src/theory/equal-share-grid.js";

const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });
const pilot = createGrid({ kind: "uniform-log-snr", steps: 200 }, schedule);
const logSnr = [...pilot.times].map((t) => schedule.logSnr(t));

describe("times of steps that cost alike", () => {
  it("have the pilot's ends to the bit, and fall", () => {
    const costs = Float64Array.from({ length: 200 }, (_, k) => Math.exp(-(((k - 120) / 20) ** 2)));
    for (const steps of [1, 7, 300]) {
      const times = equalShareTimes(schedule, pilot, costs, steps, 3);
      expect(times).toHaveLength(steps + 1);
      expect([times[0], times[steps]]).toEqual([pilot.times[0], pilot.times[200]]);
      expect(times.every((t, k) => k === 0 || t < times[k - 1])).toBe(true);
    }
  });

  it("are even in log snr where all steps of an even pilot cost the same, or nothing", () => {
    for (const cost of [0, 0.3]) {
      const times = equalShareTimes(schedule, pilot, new Float64Array(200).fill(cost), 10, 2);
      times.forEach((t, k) => {
        expect(schedule.logSnr(t)).toBeCloseTo(logSnr[20 * k], 9);
      });
    }
  });

  it("lie 20 to 1 where the roots of the costs do: 95 % of the steps follow them, 5 % are even", () => {
    const costs = Float64Array.from({ length: 200 }, (_, k) => (k < 100 ? 1 : 8000));
    const times = equalShareTimes(schedule, pilot, costs, 2100, 3);
    const early = times.filter((t) => schedule.logSnr(t) < logSnr[100]).length;
    expect(Math.abs(early - 2100 * (0.95 / 21 + 0.05 / 2))).toBeLessThan(1.5);
  });

  it("take no more steps than grids have, and as many costs as the pilot has steps", () => {
    expect(() => equalShareTimes(schedule, pilot, new Float64Array(3), 5, 3)).toThrow(
      "costs must have 200 entries, got 3",
    );
    expect(() => equalShareTimes(schedule, pilot, new Float64Array(200), 0, 3)).toThrow("steps");
    expect(() => equalShareTimes(schedule, pilot, new Float64Array(200), 5, 0.5)).toThrow(
      "power must be finite and >= 1",
    );
  });
});
