/** What the accountants say, against numerical integration, published figures and one another. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epsilonOf } from "../../src/privacy/epsilon.js";
import { gaussianDelta, gaussianEpsilon } from "../../src/privacy/gaussian.js";
import { lossEpsilon } from "../../src/privacy/loss-distribution.js";
import type { SampledGaussian } from "../../src/privacy/mechanism.js";
import { noiseFor } from "../../src/privacy/noise-for.js";
import { renyiDivergence } from "../../src/privacy/renyi.js";
import { renyiEpsilon } from "../../src/privacy/renyi-epsilon.js";
// python3 test/golden/privacy.py > test/golden/privacy.json      (mpmath)
import golden from "../golden/privacy.json" with { type: "json" };

/** Orders of TensorFlow Privacy, compute_dp_sgd_privacy_lib.py. */
const tensorflowOrders = [
  ...[1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 4.5],
  ...Array.from({ length: 59 }, (_, each) => 5 + each),
  ...[128, 256, 512],
];

/** Epochs of training on rows of which each is in a batch by its own chance. */
function epochs(rows: number, batchSize: number, noiseMultiplier: number, count: number): SampledGaussian {
  return { sampleRate: batchSize / rows, noiseMultiplier, steps: Math.ceil((count * rows) / batchSize) };
}

const relative = (value: number, expected: number) => Math.abs(value - expected) / expected;

describe("the Renyi accountant", () => {
  it("has the divergences of numerical integration, of integer and other orders", () => {
    for (const { order, divergence, ...step } of golden.renyi)
      expect(relative(renyiDivergence([{ ...step, steps: 1 }], order), divergence), JSON.stringify(step)).toBeLessThan(
        1e-9,
      );
  });

  it("is fast where its series are slow: between two integers it then lies on their chord, which is above", () => {
    const at = (order: number, noiseMultiplier: number) =>
      (order - 1) * renyiDivergence([{ sampleRate: 0.5, noiseMultiplier, steps: 1 }], order);
    // About q^2 alpha / 2z^2 for so much noise: beyond 2^-52 of 1 nothing is left of it.
    expect(at(2.5, 1e5)).toBeCloseTo((at(2, 1e5) + at(3, 1e5)) / 2, 20);
    expect(at(2.5, 1e5)).toBeGreaterThan(at(2.5, 1.01e5));
    expect(at(2.5, 1e100)).toBeLessThan(1e-14);
  });

  it("adds divergences of steps, alike or not", () => {
    const [one, other] = [epochs(1000, 10, 1, 1), epochs(1000, 30, 2, 3)];
    const sum = renyiDivergence([one], 3.5) + renyiDivergence([other], 3.5);
    expect(renyiDivergence([one, other], 3.5)).toBeCloseTo(sum, 12);
    expect(renyiDivergence([one, one], 3.5)).toBeCloseTo(2 * renyiDivergence([one], 3.5), 12);
  });

  // tensorflow/privacy, privacy/analysis/compute_dp_sgd_privacy_test.py (v0.8), which rounds steps up.
  it.each([
    [epochs(60_000, 150, 1.3, 15), 1e-5, 0.7242234026109595, 19],
    [epochs(100_000, 100, 1, 30), 1e-7, 1.4154988495444845, 13],
    [epochs(100_000_000, 1024, 0.1, 10), 1e-7, 5907982.31138195, 1.25],
  ])("gives the epsilon and the order of TensorFlow Privacy: %o", (mechanism, delta, epsilon, order) => {
    const found = renyiEpsilon([mechanism], delta, tensorflowOrders);
    expect(relative(found.epsilon, epsilon)).toBeLessThan(1e-12);
    expect(found.order).toBe(order);
  });

  it("gives what Opacus does, whose orders are among its own", () => {
    // meta-pytorch/opacus, tests/accountants_test.py: test_rdp_accountant.
    const { epsilon } = renyiEpsilon([{ sampleRate: 0.04, noiseMultiplier: 1.5, steps: 2250 }], 1e-5);
    expect(epsilon).toBeCloseTo(7.32911117143, 9);
  });

  it("gives 2.92 in TensorFlow Privacy's example by the conversion of its time, and less by today's", () => {
    // tensorflow/privacy, privacy/analysis/compute_dp_sgd_privacy.py (v0.5): "The output states that DP-SGD with these parameters satisfies (2.92, 1e-5)-DP."
    const example = epochs(60_000, 256, 1.12, 60);
    const mironov = tensorflowOrders.map((order) => renyiDivergence([example], order) + Math.log(1e5) / (order - 1));
    expect(Math.min(...mironov).toFixed(2)).toBe("2.92");
    const { epsilon } = renyiEpsilon([example], 1e-5, tensorflowOrders);
    expect(epsilon).toBeLessThan(2.53);
    expect(epsilonOf([example], 1e-5, { points: 2 ** 13 }).epsilon).toBeLessThan(epsilon);
  });
});

describe("the exact Gaussian mechanism", () => {
  it("has the epsilon of 40 digits, and never less", () => {
    for (const { noiseMultiplier, delta, epsilon } of golden.gaussian) {
      const found = gaussianEpsilon(noiseMultiplier, delta);
      expect(found).toBeGreaterThanOrEqual(epsilon);
      expect(relative(found, epsilon)).toBeLessThan(1e-9);
      expect(relative(gaussianDelta(noiseMultiplier, epsilon), delta)).toBeLessThan(1e-9);
    }
  });

  it("is what steps without sampling are", () => {
    const steps = [1, 2, 4].map((noiseMultiplier) => ({ sampleRate: 1, noiseMultiplier, steps: 3 }));
    const together = 1 / Math.sqrt(3 * (1 + 1 / 4 + 1 / 16));
    expect(epsilonOf(steps, 1e-6)).toEqual({
      ...{ epsilon: gaussianEpsilon(together, 1e-6), delta: 1e-6, accountant: "exact" },
    });
  });
});

describe("the privacy loss distribution", () => {
  it("is the exact Gaussian mechanism to 1e-6 without sampling, and never below it", () => {
    for (const { noiseMultiplier, delta, epsilon } of golden.gaussian) {
      const found = lossEpsilon([{ sampleRate: 1, noiseMultiplier, steps: 1 }], delta, 2 ** 14);
      expect(found).toBeGreaterThanOrEqual(epsilon);
      expect(relative(found, epsilon), JSON.stringify({ noiseMultiplier, delta })).toBeLessThan(1e-6);
    }
  });

  it("bounds the hockey-stick divergence of one step, in both directions, and is close to the greater", () => {
    for (const { adjacency, epsilon, delta, ...step } of golden.hockeyStick) {
      const found = lossEpsilon([{ ...step, steps: 1 }], delta, 2 ** 14);
      expect(found).toBeGreaterThanOrEqual(epsilon * (1 - 1e-9));
      if (adjacency === "remove") expect(found).toBeLessThan(epsilon * (1 + 1e-5));
    }
  });

  it("bounds one step whose losses are beyond exp, and is close to it", () => {
    // The greater of both hockey-stick divergences, solved in 50 digits: mpmath, as in test/golden/privacy.py.
    for (const [sampleRate, noiseMultiplier, delta, epsilon] of [
      [0.1, 0.01, 0.01, 5124.858957222225],
      [0.5, 0.001, 1e-5, 504105.78855586873],
      [0.9, 0.0001, 0.3, 50004306.16765397],
    ] as const) {
      const found = lossEpsilon([{ sampleRate, noiseMultiplier, steps: 1 }], delta, 2 ** 12);
      expect(found).toBeGreaterThanOrEqual(epsilon);
      expect(found).toBeLessThan(1.5 * epsilon);
    }
  });

  it("is what others publish of compositions", () => {
    // google/differential-privacy, pld_privacy_accountant_test.py: test_poisson_subsampled_gaussian, a delta of five digits.
    const short = [{ sampleRate: 0.2, noiseMultiplier: 0.5, steps: 3 }];
    expect(lossEpsilon(short, 0.15594, 2 ** 13)).toBeCloseTo(1, 3);
    // meta-pytorch/opacus, tests/accountants_test.py: test_prv_accountant, an estimate within 0.01, plus 0.01.
    const long = lossEpsilon([{ sampleRate: 0.04, noiseMultiplier: 1.5, steps: 2249 }], 1e-5, 2 ** 14);
    expect(long).toBeLessThanOrEqual(6.777395712150674);
    expect(long).toBeGreaterThan(6.777395712150674 - 0.02);
  });

  it("is an upper bound at every grid size, and closer with more points", () => {
    const rate = fc.double({ min: 0.01, max: 0.9, noNaN: true });
    const noise = fc.double({ min: 0.6, max: 5, noNaN: true });
    fc.assert(
      fc.property(rate, noise, fc.integer({ min: 1, max: 300 }), (sampleRate, noiseMultiplier, steps) => {
        const mechanism = [{ sampleRate, noiseMultiplier, steps }];
        const [coarse, middle, fine] = [2 ** 6, 2 ** 8, 2 ** 11].map((points) => lossEpsilon(mechanism, 1e-5, points));
        expect(coarse).toBeGreaterThanOrEqual(fine * (1 - 1e-9));
        expect(middle).toBeGreaterThanOrEqual(fine * (1 - 1e-9));
        expect(middle).toBeLessThanOrEqual(coarse * (1 + 1e-9));
      }),
      { numRuns: 8, seed: 16 },
    );
  });

  it("composes steps that differ: two kinds are no less than the first of them, and what halves of one kind are together", () => {
    const [one, other] = [epochs(1000, 100, 1, 3), epochs(1000, 50, 2, 3)];
    const both = lossEpsilon([one, other], 1e-5, 2 ** 11);
    expect(both).toBeGreaterThan(lossEpsilon([one], 1e-5, 2 ** 11));
    const halves = [one, one].map((each) => ({ ...each, steps: each.steps / 2 }));
    expect(lossEpsilon(halves, 1e-5, 2 ** 11)).toBe(lossEpsilon([one], 1e-5, 2 ** 11));
    const alike = { ...one, noiseMultiplier: one.noiseMultiplier * (1 + 1e-12) };
    const apart = lossEpsilon([halves[0], { ...alike, steps: one.steps / 2 }], 1e-5, 2 ** 11);
    expect(relative(apart, lossEpsilon([one], 1e-5, 2 ** 11))).toBeLessThan(1e-6);
  });
});

describe("epsilonOf", () => {
  it("grows with rate, steps and less noise or delta", () => {
    const base = { sampleRate: 0.1, noiseMultiplier: 1, steps: 20 };
    const epsilon = (change: Partial<SampledGaussian>, delta = 1e-5) =>
      epsilonOf([{ ...base, ...change }], delta, { points: 2 ** 11 }).epsilon;
    expect(epsilon({ sampleRate: 0.2 })).toBeGreaterThan(epsilon({}));
    expect(epsilon({ steps: 21 })).toBeGreaterThan(epsilon({}));
    expect(epsilon({ noiseMultiplier: 0.9 })).toBeGreaterThan(epsilon({}));
    expect(epsilon({}, 1e-6)).toBeGreaterThan(epsilon({}));
  });

  it("is 0 where nothing is released, and names what is out of range", () => {
    expect(epsilonOf([], 1e-5).epsilon).toBe(0);
    expect(epsilonOf([{ sampleRate: 0, noiseMultiplier: 1, steps: 5 }], 1e-5).epsilon).toBe(0);
    expect(epsilonOf([{ sampleRate: 0.5, noiseMultiplier: 1, steps: 0 }], 1e-5).epsilon).toBe(0);
    const wrong = [{ sampleRate: 1.5, noiseMultiplier: 1, steps: 5 }];
    expect(() => epsilonOf(wrong, 1e-5)).toThrow("mechanisms[0].sampleRate must lie in [0, 1]");
    expect(() => epsilonOf([], 1)).toThrow("delta must lie in (0, 1)");
    const silent = [{ sampleRate: 0.5, noiseMultiplier: 1e-200, steps: 5 }];
    expect(() => epsilonOf(silent, 1e-5)).toThrow("mechanisms[0].noiseMultiplier must lie in [1e-100, 1e100]");
  });
});

describe("noiseFor", () => {
  it("is the least noise that a budget allows", () => {
    const steps = { sampleRate: 0.05, steps: 100 };
    const noiseMultiplier = noiseFor([steps], { epsilon: 2, delta: 1e-5 });
    const spent = (factor: number) =>
      epsilonOf([{ ...steps, noiseMultiplier: factor * noiseMultiplier }], 1e-5).epsilon;
    expect(spent(1)).toBeLessThanOrEqual(2);
    expect(spent(0.999)).toBeGreaterThan(2);
  });

  it("is what Opacus finds for its own accountant of losses, which stops within 0.01 of epsilon", () => {
    // meta-pytorch/opacus, tests/accountants_test.py: test_get_noise_multiplier_prv_steps.
    const found = noiseFor([{ sampleRate: 0.04, steps: 2000 }], { epsilon: 8, delta: 1e-5 });
    expect(found).toBeLessThan(1.2915);
    expect(found).toBeGreaterThan(1.2915 - 0.004);
  });

  it("is 0 where nothing is released", () => {
    expect(noiseFor([{ sampleRate: 0, steps: 3 }], { epsilon: 1, delta: 1e-5 })).toBe(0);
  });
});
