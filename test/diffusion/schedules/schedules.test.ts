import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ouTime } from "../../../src/diffusion/ou-time.js";
import { levelAt, snrOf } from "../../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec, schedules } from "../../../src/diffusion/schedules/index.js";
import { ArgumentError } from "../../../src/errors.js";
import { oneOf } from "../../../src/fields.js";
import { specsOf } from "../../support/specs.js";

const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-9 } as const;
const cosine = { kind: "vp-cosine", tMin: 1e-9, tMax: 0.999999 } as const;
const ou = { kind: "ou", tMin: 1e-12, tMax: 350 } as const;

const specs = fc.oneof(
  fc
    .record({
      betaMin: fc.double({ min: 0, max: 2, noNaN: true }),
      rise: fc.double({ min: 0.1, max: 60, noNaN: true }),
    })
    .map(({ betaMin, rise }) => ({ kind: "vp-linear", betaMin, betaMax: betaMin + rise, tMin: 1e-6 }) as const),
  fc.constant({ kind: "vp-cosine", tMin: 1e-6, tMax: 0.9999 } as const),
  fc.constant({ kind: "ou", tMin: 1e-6, tMax: 30 } as const),
  fc.constantFrom(...specsOf(schedules)),
);
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

/** One of the schedules and a time in its range, small times as likely as large ones. */
const scheduleAndTime = fc.tuple(specs, fraction).map(([spec, u]) => {
  const schedule = createSchedule(spec);
  const t = schedule.tMin * (schedule.tMax / schedule.tMin) ** u;
  return { schedule, t: Math.min(schedule.tMax, Math.max(schedule.tMin, t)) };
});

// python3 -c 'from mpmath import *; mp.dps = 40; t = mpf(float("1e-9")); print(float(-log(expm1(mpf(0.1)*t + (20 - mpf(0.1))*t*t/2))))'
// and -2*log(tan(pi*t/2)) for vp-cosine, -log(expm1(2*t)) for ou.
const golden: [NoiseScheduleSpec, [number, number][]][] = [
  [
    linear,
    [
      [1e-9, 23.02585083039046],
      [1e-4, 11.503019590538717],
      [0.3, -0.4207671062624816],
      [0.5, -2.4551354688215743],
      [0.999, -10.029965891308745],
      [1, -10.049956813318408],
    ],
  ],
  [
    cosine,
    [
      [1e-9, 40.543366263313914],
      [1e-4, 17.517515316924115],
      [0.3, 1.3485509552536332],
      [0.7, -1.3485509552536328],
      [0.999999, -26.727855705290484],
    ],
  ],
  [
    ou,
    [
      [1e-12, 26.9378739353676],
      [1e-3, 6.21360793175553],
      [0.3, 0.1958703683463196],
      [4, -7.999664481091923],
      [40, -80],
      [350, -700],
    ],
  ],
];

describe("noise schedules", () => {
  test.each(golden)("$kind: log snr to a few ulp at the ends and in the middle", (spec, rows) => {
    const schedule = createSchedule(spec);
    for (const [t, expected] of rows) {
      expect(Math.abs(schedule.logSnr(t) - expected)).toBeLessThanOrEqual(
        4 * Number.EPSILON * Math.max(1, Math.abs(expected)),
      );
    }
  });

  test("time inverts logSnr", () => {
    fc.assert(
      fc.property(scheduleAndTime, ({ schedule, t }) => {
        const lambda = schedule.logSnr(t);
        expect(schedule.time(lambda)).toBeCloseTo(t, 14);
        expect(schedule.logSnr(schedule.time(lambda))).toBeCloseTo(lambda, 9);
        // Relative: a small time is not a rounding error.
        if (t < 0.1) expect(Math.abs(schedule.time(lambda) / t - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  test("log snr decreases with the slope that beta gives: d(tau)/dt = beta / 2", () => {
    fc.assert(
      fc.property(scheduleAndTime, ({ schedule, t }) => {
        const h = Math.min(t, schedule.tMax - t) * 1e-3;
        fc.pre(h > 1e-9);
        const [before, after] = [schedule.logSnr(t - h), schedule.logSnr(t + h)];
        expect(after).toBeLessThan(before);
        // Central difference: relative error O((h / t)^2) + rounding of tau over h.
        const slope = (ouTime(after) - ouTime(before)) / (2 * h);
        const rounding = (4 * Number.EPSILON * Math.max(1, Math.abs(before)) * Math.max(1, ouTime(after))) / h;
        expect(Math.abs(slope - schedule.beta(t) / 2)).toBeLessThanOrEqual(1e-4 * schedule.beta(t) + rounding);
      }),
    );
  });

  test.each(specsOf(schedules))("$kind says where it comes from and what it is called", (spec) => {
    const { name, tMin, tMax } = createSchedule(spec);
    expect(name).toBe(spec.kind);
    expect(tMin).toBeLessThan(tMax);
    expect(schedules[spec.kind].source).toMatch(/arXiv \d{4}\.\d{5}/);
  });

  test("levelAt is variance preserving and snrOf is alpha^2 / sigma^2", () => {
    fc.assert(
      fc.property(scheduleAndTime, ({ schedule, t }) => {
        const level = levelAt(schedule, t);
        expect(level.alpha ** 2 + level.sigma ** 2).toBeCloseTo(1, 14);
        expect((level.alpha ** 2 / level.sigma ** 2 / snrOf(level) - 1) * 1e13).toBeCloseTo(0, 0);
        expect(level.alpha).toBeCloseTo(Math.exp(-ouTime(level.logSnr)), 14);
      }),
    );
  });

  test.each([
    [{ ...linear, betaMin: -1 }, "schedule.betaMin must lie in [0, 700], got -1"],
    [{ ...linear, betaMax: 0.01 }, "schedule.betaMax must be >= betaMin = 0.1, got 0.01"],
    [{ ...linear, tMin: 0 }, "schedule.tMin must lie in [1e-150, 1), got 0"],
    [{ ...cosine, tMax: 1 }, "schedule.tMax must lie in (0, 1), got 1"],
    [{ ...cosine, tMin: Number.NaN }, "schedule.tMin must lie in [1e-150, 1), got NaN"],
    [{ ...ou, tMin: 300, tMax: 200 }, "schedule.tMin must lie in (0, tMax = 200), got 300"],
    [{ ...ou, tMax: 1000 }, "schedule.tMax must lie in (0, 350], got 1000"],
    [{ ...linear, betaMax: 1e5 }, "schedule.betaMax must lie in [0.001, 1400], got 100000"],
    [
      { ...linear, betaMin: 100, betaMax: 1400 },
      "schedule.betaMax must be at most 1400 - betaMin = 1300: above, float64 has no alpha^2 / sigma^2 at t = 1, got 1400",
    ],
  ])("%j is refused", (spec, message) => {
    expect(() => createSchedule(spec)).toThrow(ArgumentError);
    expect(() => createSchedule(spec)).toThrow(message);
  });

  test("an unknown kind is refused by name", () => {
    const spec: NoiseScheduleSpec = JSON.parse('{ "kind": "edm" }');
    expect(() => createSchedule(spec)).toThrow(`schedule.kind ${oneOf(Object.keys(schedules))}, got "edm"`);
  });
});
