import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ouTime } from "../../../src/diffusion/ou-time.js";
import { levelAt, ownLevelAt, snrOf } from "../../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec, schedules } from "../../../src/diffusion/schedules/index.js";
import { ArgumentError } from "../../../src/errors.js";
import { oneOf } from "../../../src/fields.js";
import { specsOf } from "../../support/specs.js";
import { timeRounding } from "../../support/time-rounding.js";

const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-9 } as const;
const cosine = { kind: "vp-cosine", tMin: 1e-9, tMax: 0.999999 } as const;
const ou = { kind: "ou", tMin: 1e-12, tMax: 350 } as const;
/** B of betaMin 0.1 and betaMax 20. */
const integral = (t: number) => 0.1 * t + (19.9 * t * t) / 2;
/** With one line: at a corner beta jumps. */
const table = { kind: "user", times: [0.02, 3], logSnr: [8, -9] } as const;
const every = specsOf(schedules, { user: table, "vp-cosine-shifted": { shift: -1.5 } });

const specs = fc.oneof(
  fc
    .record({
      betaMin: fc.double({ min: 0, max: 2, noNaN: true }),
      rise: fc.double({ min: 0.1, max: 60, noNaN: true }),
    })
    .map(({ betaMin, rise }) => ({ kind: "vp-linear", betaMin, betaMax: betaMin + rise, tMin: 1e-6 }) as const),
  fc.constant({ kind: "vp-cosine", tMin: 1e-6, tMax: 0.9999 } as const),
  fc.constant({ kind: "ou", tMin: 1e-6, tMax: 30 } as const),
  fc.constantFrom(...every),
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
        expect(schedule.logSnr(schedule.time(lambda))).toBeCloseTo(lambda, 9);
        // Relative, as a small time is not a rounding error, but for what the rounding of log snr hides where it hardly moves.
        expect(Math.abs(schedule.time(lambda) - t)).toBeLessThanOrEqual(1e-13 * t + timeRounding(schedule, t));
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

  test.each(every)("$kind says where it comes from and what it is called", (spec) => {
    const { name, tMin, tMax } = createSchedule(spec);
    expect(name).toBe(spec.kind);
    expect(tMin).toBeLessThan(tMax);
    expect(schedules[spec.kind].source).toMatch(/arXiv \d{4}\.\d{5}/);
  });

  test.each<[NoiseScheduleSpec, (t: number) => readonly [alpha: number, sigma: number]]>([
    [{ kind: "sub-vp", betaMin: 0.1, betaMax: 20 }, (t) => [Math.exp(-integral(t) / 2), -Math.expm1(-integral(t))]],
    [{ kind: "ve", sigmaMin: 0.02, sigmaMax: 30 }, (t) => [1, 0.02 * 1500 ** t]],
    [{ kind: "edm", tMax: 1 }, (t) => [1, t]],
    [{ kind: "linear-interpolation" }, (t) => [1 - t, t]],
    [{ kind: "vp-cosine" }, (t) => [Math.cos((Math.PI * t) / 2), Math.sin((Math.PI * t) / 2)]],
  ])("%j: alpha and sigma of its own scale are those of its source", (spec, source) => {
    const schedule = createSchedule(spec);
    for (const t of [0.01, 0.3, 0.77, 0.99]) {
      const { alpha, sigma, scale } = ownLevelAt(schedule, t);
      const [a, s] = source(t);
      expect(alpha / a).toBeCloseTo(1, 12);
      expect(sigma / s).toBeCloseTo(1, 12);
      expect(scale / Math.hypot(a, s)).toBeCloseTo(1, 12);
    }
  });

  test("sigmoid is the share of its sigmoid that is left, with the numbers of the paper's program", () => {
    // python3 -c 'from math import exp; S = lambda x: 1/(1+exp(-x)); print([(S(3/.9)-S((-3+6*t)/.9))/(S(3/.9)-S(-3/.9)) for t in (.1,.5,.8)])'
    const schedule = createSchedule({ kind: "sigmoid", start: -3, end: 3, tau: 0.9 });
    for (const [t, square] of [
      [0.1, 0.9672176367010832],
      [0.5, 0.5],
      [0.8, 0.09102873127600401],
    ] as const) {
      expect(levelAt(schedule, t).alpha ** 2).toBeCloseTo(square, 12);
    }
  });

  test("a shift is added to the log snr of vp-cosine", () => {
    const [plain, shifted] = [cosine, { kind: "vp-cosine-shifted", shift: 2 * Math.log(64 / 256) } as const].map(
      createSchedule,
    );
    for (const t of [0.1, 0.5, 0.9]) expect(shifted.logSnr(t)).toBeCloseTo(plain.logSnr(t) - Math.log(16), 12);
  });

  test("a user's schedule takes its points exactly, and straight lines between them", () => {
    const spec = { kind: "user", times: [0.1, 0.4, 2], logSnr: [6, 1, -7] } as const;
    const schedule = createSchedule(spec);
    expect([schedule.tMin, schedule.tMax]).toEqual([0.1, 2]);
    expect(spec.times.map(schedule.logSnr)).toEqual(spec.logSnr);
    expect(spec.logSnr.map(schedule.time)).toEqual(spec.times);
    expect(schedule.logSnr(1)).toBeCloseTo(1 - 8 * (0.6 / 1.6), 14);
    expect(schedule.time(-2)).toBeCloseTo(0.4 + 0.6, 14);
    // d(log snr) / dt = -5, of which sigma^2 is left.
    expect(schedule.beta(1)).toBeCloseTo(5 * levelAt(schedule, 1).sigma ** 2, 12);
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

  test.each<[NoiseScheduleSpec, string]>([
    [{ ...linear, betaMin: -1 }, "schedule.betaMin must lie in [0, 700], got -1"],
    [{ ...linear, betaMax: 0.01 }, "schedule.betaMax must be >= betaMin = 0.1, got 0.01"],
    [{ ...linear, tMin: 0 }, "schedule.tMin must lie in [1e-150, 1), got 0"],
    [{ ...cosine, tMax: 1 }, "schedule.tMax must lie in (0, 1), got 1"],
    [{ ...cosine, tMin: Number.NaN }, "schedule.tMin must lie in [1e-150, 1), got NaN"],
    [{ ...ou, tMin: 300, tMax: 200 }, "schedule.tMin must lie in (0, tMax = 200), got 300"],
    [{ ...ou, tMax: 1000 }, "schedule.tMax must lie in (0, 350], got 1000"],
    [{ kind: "ve", sigmaMin: 2, sigmaMax: 1 }, "schedule.sigmaMax must be above sigmaMin = 2, got 1"],
    [{ kind: "sigmoid", start: 3, end: 3 }, "schedule.end must be above start = 3 by at least 0.001, got 3"],
    [{ kind: "user", times: [1, 1], logSnr: [1, 0] }, "schedule.times[1] must be above times[0] = 1, got 1"],
    [{ kind: "user", times: [1, 2], logSnr: [0, 0] }, "schedule.logSnr[1] must be below logSnr[0] = 0, got 0"],
    [
      { kind: "user", times: [1, 2, 3], logSnr: [1, 0] },
      "schedule.logSnr must have 3 entries, one for each of the times, got 2",
    ],
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
    const spec: NoiseScheduleSpec = JSON.parse('{ "kind": "none" }');
    expect(() => createSchedule(spec)).toThrow(`schedule.kind ${oneOf(Object.keys(schedules))}, got "none"`);
  });
});
