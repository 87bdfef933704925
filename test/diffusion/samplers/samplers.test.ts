import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requireStepSampler, type StepCoefficients } from "../../../src/diffusion/sampler.js";
import { createSampler, type SamplerName, samplers } from "../../../src/diffusion/samplers/index.js";
import { levelAt, type NoiseLevel } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { stepSampler } from "../../support/samplers.js";

const ou = createSchedule({ kind: "ou", tMin: 1e-9, tMax: 50 });
const linear = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-6 });
const at = (logSnr: number): NoiseLevel => ({ ...levelAt(ou, ou.time(logSnr)), ...exactly(logSnr) });

function exactly(logSnr: number): { logSnr: number; alpha: number; sigma: number } {
  return { logSnr, alpha: 1 / Math.sqrt(1 + Math.exp(-logSnr)), sigma: 1 / Math.sqrt(1 + Math.exp(logSnr)) };
}

const step = (name: SamplerName, from: number, to: number) => stepSampler(name).coefficients(at(from), at(to), ou);

/** Two log snr, the second above the first by 1e-9 .. 20. */
const rises = fc
  .tuple(fc.double({ min: -15, max: 10, noNaN: true }), fc.double({ min: -9, max: Math.log10(20), noNaN: true }))
  .map(([from, power]) => [from, from + 10 ** power] as const);

function expectRelative(value: number, expected: number, tolerance: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

// python3 -c 'from mpmath import *; mp.dps = 60
// for a, b in ((-20, -19), (-8, -7.5), (-1.5, -1.5+2**-30), (6, 6+2**-24), (-4, 9), (12, 12.25)):
//   a, b = mpf(a), mpf(b); at, st, as_, ss = [1/sqrt(1+exp(x)) for x in (-a, a, -b, b)]; r = exp(a-b); g = as_/at - 1
//   print([[float(x) for x in y] for y in ((as_/at*r, as_*(1-r), ss*sqrt(1-r)), (ss/st, as_-at*ss/st, 0),
//     (as_/at-2*g/st**2, 2*g*at/st**2, sqrt((as_/at)**2-1)))])'
const golden: [number, number, number[], number[], number[]][] = [
  [
    -20,
    -19,
    [0.6065306586385759, 4.731538040540421e-5, 0.7950600953933702],
    [0.9999999982291786, 2.945190004270924e-5, 0],
    [0.35127872954523437, 5.8903800046037925e-5, 1.3108324907599225],
  ],
  [
    -8,
    -7.5,
    [0.7787160833175003, 0.009250954021608948, 0.6270979499581953],
    [0.9998912433631993, 0.00520066896172352, 0],
    [0.7159237634650177, 0.010400842620859914, 0.8052097064991003],
  ],
  [
    -1.5,
    -1.5 + 2 ** -30,
    [0.9999999994493902, 3.97779988630956e-10, 2.7593940741123498e-5],
    [0.9999999999150515, 1.988899943617857e-10, 0],
    [0.9999999994493902, 3.9777998870667597e-10, 2.7593940753972927e-5],
  ],
  [
    6,
    6 + 2 ** -24,
    [0.9999999404690469, 5.9530907484911386e-8, 1.2140008721560253e-5],
    [0.999999970271368, 2.9765454185995516e-8, 0],
    [0.9999999404690469, 5.95309074871048e-8, 1.2140009083360714e-5],
  ],
  [
    -4,
    9,
    [1.685291806654939e-5, 0.9999360406186653, 0.011108298567910523],
    [0.011209577444347491, 0.9984349543766167, 0],
    [-5.692446588328668, 1.7633675478407265, 7.388591849804351],
  ],
  [
    12,
    12.25,
    [0.7788013123008026, 0.22119868769838444, 0.0010288144415777929],
    [0.8824975022800688, 0.117502816283356, 0],
    [0.778801237143477, 0.22119876285547918, 0.0011657994929666867],
  ],
];

describe("sampler coefficients", () => {
  test.each(golden)(
    "log snr %d to %d: full relative precision, the smallest steps included",
    (from, to, ancestral, ddim, ei) => {
      const rows = { ancestral, ddim, "exponential-integrator": ei } as const;
      for (const [name, expected] of Object.entries(rows)) {
        const c = step(name as SamplerName, from, to);
        for (const [value, wanted] of [
          [c.x, expected[0]],
          [c.denoised, expected[1]],
          [c.noise, expected[2]],
        ] as const) {
          expectRelative(value, wanted, 4e-15);
        }
      }
    },
  );

  test("ancestral carries the forward law of a point mass from any level to any other exactly", () => {
    fc.assert(
      fc.property(rises, ([from, to]) => {
        const c = step("ancestral", from, to);
        const [t, s] = [at(from), at(to)];
        expectRelative(c.x * t.alpha + c.denoised, s.alpha, 1e-14);
        expectRelative((c.x * t.sigma) ** 2 + c.noise ** 2, s.sigma ** 2, 1e-14);
      }),
    );
  });

  test("ddim carries x_t = alpha x0 + sigma eps to alpha_s x0 + sigma_s eps exactly, without noise", () => {
    fc.assert(
      fc.property(rises, ([from, to]) => {
        const c = step("ddim", from, to);
        const [t, s] = [at(from), at(to)];
        expectRelative(c.x * t.alpha + c.denoised, s.alpha, 1e-14);
        expectRelative(c.x * t.sigma, s.sigma, 1e-14);
        expect(c.noise).toBe(0);
      }),
    );
  });

  test("exponential integrator: e^h x + 2 (e^h - 1) score + sqrt(e^2h - 1) z in OU time", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        fc.double({ min: 0.001, max: 0.99, noNaN: true }),
        (t, u) => {
          const [from, to] = [levelAt(ou, t), levelAt(ou, t * u)];
          const h = t - t * u;
          const c = samplers["exponential-integrator"].coefficients(from, to, ou);
          // Apply to x with denoised = 0, and to denoised with x = 0: score = (alpha x0hat - x) / sigma^2.
          const score = (2 * Math.expm1(h)) / from.sigma ** 2;
          expect(Math.abs(c.x - (Math.exp(h) - score))).toBeLessThanOrEqual(1e-12 * (Math.exp(h) + score));
          expectRelative(c.denoised, score * from.alpha, 1e-11);
          expectRelative(c.noise, Math.sqrt(Math.expm1(2 * h)), 1e-11);
        },
      ),
    );
  });

  test("euler-maruyama: x + b (x / 2 + score) + sqrt(b) z, b = beta(t) (t - s) of the schedule's own clock", () => {
    const [from, to] = [levelAt(linear, 0.5), levelAt(linear, 0.4)];
    const b = (0.1 + 19.9 * 0.5) * (0.5 - 0.4);
    const c = samplers["euler-maruyama"].coefficients(from, to, linear);
    expectRelative(c.x, 1 + b / 2 - b / from.sigma ** 2, 1e-14);
    expectRelative(c.denoised, (b * from.alpha) / from.sigma ** 2, 1e-14);
    expectRelative(c.noise, Math.sqrt(b), 1e-14);
  });

  test("ddim with eta is the paper's update in the cumulated alphas, and ancestral for eta = 1", () => {
    fc.assert(
      fc.property(rises, fc.double({ min: 1e-6, max: 1, noNaN: true }), ([from, to], eta) => {
        const [t, s] = [at(from), at(to)];
        const c = requireStepSampler(createSampler({ kind: "ddim", eta }), "a test").coefficients(t, s, ou);
        // 1 - abar_t / abar_s of equation 16, as sigma_t^2 (1 - r) so that nothing cancels.
        const deviation = eta * (s.sigma / t.sigma) * Math.sqrt(t.sigma ** 2 * -Math.expm1(from - to));
        expectRelative(c.noise, deviation, 1e-13);
        const direction = Math.sqrt(s.sigma ** 2 - deviation ** 2);
        expect(Math.abs(c.x - direction / t.sigma)).toBeLessThanOrEqual(1e-7 * (s.sigma / t.sigma));
        expectRelative(c.x * t.alpha + c.denoised, s.alpha, 1e-13);
        const whole = requireStepSampler(createSampler({ kind: "ddim", eta: 1 }), "a test").coefficients(t, s, ou);
        const bridge = step("ancestral", from, to);
        for (const key of ["x", "denoised", "noise"] as const) expectRelative(whole[key], bridge[key], 1e-11);
      }),
    );
  });

  test("heun with churn adds what carries sigma / alpha to (1 + g) of itself, and only between its ends", () => {
    const [from, to] = [at(-2), at(-1)];
    const churned = createSampler({ kind: "heun", churn: 3, churnMin: 1, churnMax: 10, churnNoise: 1.5 });
    const parts = (level: NoiseLevel, count: number) =>
      "parts" in churned ? churned.parts({ from: level, to, count }, ou) : [];
    const [noisier, solved] = parts(from, 10);
    expect(parts(from, 10)).toHaveLength(2);
    const sigma = Math.E;
    // In the scale of alpha = 1: x + sqrt((1.3^2 - 1) sigma^2) 1.5 z.
    const scale = noisier.to.alpha;
    expectRelative(noisier.to.sigma / noisier.to.alpha, 1.3 * sigma, 1e-13);
    expectRelative(noisier.coefficients.x, scale / from.alpha, 1e-13);
    expectRelative(noisier.coefficients.noise / scale, 1.5 * sigma * Math.sqrt(1.3 ** 2 - 1), 1e-13);
    expect(solved.coefficients).toEqual(stepSampler("heun").coefficients(noisier.to, to, ou));
    // At most sqrt(2) - 1.
    expectRelative(parts(from, 2)[0].to.sigma / parts(from, 2)[0].to.alpha, Math.SQRT2 * sigma, 1e-13);
    for (const outside of [at(-6), at(0.5)]) expect(parts(outside, 10)).toHaveLength(1);
    expect(() => createSampler({ kind: "heun", churnMin: 2, churnMax: 1 })).toThrow(
      "sampler.churnMin must be at most churnMax = 1, got 2",
    );
  });

  test("dpm-solver++-2m is the paper's update in lambda = log(alpha / sigma)", () => {
    const [before, from, to] = [at(-3), at(-2.2), at(-1)];
    const [{ coefficients: c }] = samplers["dpm-solver++-2m"].parts({ before, from, to, count: 9 }, ou);
    const [h, r] = [0.6, 0.4 / 0.6];
    const held = -to.alpha * Math.expm1(-h);
    expectRelative(c.x, to.sigma / from.sigma, 1e-14);
    expectRelative(c.denoised, held * (1 + 1 / (2 * r)), 1e-13);
    expectRelative(c.previous ?? 0, -held / (2 * r), 1e-13);
    const [{ coefficients: sde }] = samplers["dpm-solver++-2m-sde"].parts({ before, from, to, count: 9 }, ou);
    expectRelative(sde.x, (to.sigma / from.sigma) * Math.exp(-h), 1e-13);
    expectRelative(sde.denoised, to.alpha * -Math.expm1(-2 * h) * (1 + 1 / (2 * r)), 1e-13);
    expectRelative(sde.previous ?? 0, (to.alpha * Math.expm1(-2 * h)) / (2 * r), 1e-13);
    expectRelative(sde.noise, to.sigma * Math.sqrt(-Math.expm1(-2 * h)), 1e-13);
    const [{ coefficients: first }] = samplers["dpm-solver++-2m"].parts({ from, to, count: 9 }, ou);
    expectRelative(first.denoised, held, 1e-14);
    expect(first.previous).toBeCloseTo(0, 15);
  });

  test("a corrector's step keeps the law of a point mass, and its drift is snr of its noise for a step of 1", () => {
    const [from, to] = [at(-2.0001), at(-2)];
    const corrector = createSampler({ kind: "predictor-corrector", snr: 0.3, steps: 2 });
    const parts = "parts" in corrector ? corrector.parts({ from, to, count: 9 }, ou) : [];
    expect(parts).toHaveLength(3);
    const { x, denoised, noise } = parts[1].coefficients;
    expectRelative(x * to.alpha + denoised, to.alpha, 1e-14);
    expectRelative((x * to.sigma) ** 2 + noise ** 2, to.sigma ** 2, 1e-14);
    // Norms of e sigma^2 score and sigma sqrt(2 e) z, where the score has norm sqrt(d) / sigma: sqrt(e / 2) = snr sqrt(step).
    const drift = (1 - x) * to.sigma;
    expectRelative(drift / noise, 0.3 * Math.sqrt(1e-4), 1e-4);
  });

  test("all but euler-maruyama know noise levels only: no clock matters", () => {
    for (const name of ["ancestral", "ddim", "exponential-integrator"] as const) {
      const [from, to] = [levelAt(linear, 0.6), levelAt(linear, 0.55)];
      expect(stepSampler(name).coefficients(from, to, linear)).toEqual(stepSampler(name).coefficients(from, to, ou));
    }
  });

  test("every stochastic sampler is the same reverse SDE to first order in the step", () => {
    const from = levelAt(ou, 0.7);
    const difference = (h: number) => {
      const to = levelAt(ou, 0.7 - h);
      const of = (name: SamplerName): StepCoefficients => stepSampler(name).coefficients(from, to, ou);
      const reference = of("exponential-integrator");
      return (["ancestral", "euler-maruyama"] as const).flatMap((name) => [
        Math.abs(of(name).x - reference.x),
        Math.abs(of(name).denoised - reference.denoised),
        Math.abs(of(name).noise ** 2 - reference.noise ** 2),
      ]);
    };
    const [coarse, fine] = [difference(1e-3), difference(1e-4)];
    for (const [i, value] of coarse.entries()) expect(value / fine[i]).toBeGreaterThan(98);
    for (const [i, value] of coarse.entries()) expect(value / fine[i]).toBeLessThan(102);
  });

  test("each says what it is", () => {
    for (const [name, sampler] of Object.entries(samplers)) {
      expect(sampler.name).toBe(name);
      expect(sampler.source).toMatch(/arXiv/);
      expect(Number.isInteger(sampler.order) && sampler.order >= 1).toBe(true);
    }
  });
});
