import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianMmseCurve } from "../../src/theory/mmse-curve.js";
import {
  analyticStepCost,
  ancestralStepCost,
  asymptoticGridSnr,
  discretizationOf,
  optimalGridIndices,
} from "../../src/theory/optimal-grid.js";

const variance = 0.25;
const variances = [variance, variance];
const [snrMin, snrMax] = [1 / Math.expm1(8), 1 / Math.expm1(0.02)];
const ladder = (points: number) =>
  Float64Array.from({ length: points }, (_, i) => snrMin * (snrMax / snrMin) ** (i / (points - 1)));

describe("the grid that minimizes the certificate", () => {
  it.each([
    [50, 0.0684],
    [100, 0.0339],
    [400, 0.0084],
  ])("N(0, 1/4) in two dimensions, OU from T = 4 to delta = 0.01, %i steps: %f nats", (steps, nats) => {
    const curve = gaussianMmseCurve(variances, ladder(20_001));
    const path = optimalGridIndices(curve, steps);
    expect(path[0]).toBe(0);
    expect(path.at(-1)).toBe(20_000);
    expect(discretizationOf(curve, path)).toBeCloseTo(nats, 4);
  });

  it("is beaten by no other choice (brute force over all subsets)", () => {
    const curve = gaussianMmseCurve([1, 0.01], ladder(11));
    let best = Number.POSITIVE_INFINITY;
    for (let a = 1; a < 10; a++) {
      for (let b = a + 1; b < 10; b++) best = Math.min(best, discretizationOf(curve, [0, a, b, 10]));
    }
    expect(discretizationOf(curve, optimalGridIndices(curve, 3))).toBe(best);
  });

  it("is beaten by no other choice for steps of their own noise, and those have nothing to choose on isotropic Gaussian laws", () => {
    const curve = gaussianMmseCurve([1, 0.01, 30], ladder(11));
    const cost = analyticStepCost(3);
    let best = Number.POSITIVE_INFINITY;
    for (let a = 1; a < 10; a++) {
      for (let b = a + 1; b < 10; b++) best = Math.min(best, discretizationOf(curve, [0, a, b, 10], cost));
    }
    const found = optimalGridIndices(curve, 3, cost);
    expect(discretizationOf(curve, found, cost)).toBe(best);
    expect(discretizationOf(curve, found, ancestralStepCost)).toBeGreaterThan(
      discretizationOf(curve, optimalGridIndices(curve, 3)),
    );
    const isotropic = gaussianMmseCurve([0.5, 0.5], ladder(11));
    expect(Math.abs(discretizationOf(isotropic, [0, 3, 10], analyticStepCost(2)))).toBeLessThan(1e-12);
  });

  it("has step costs with the quadrangle inequality, which divide and conquer needs: Gaussian laws of any spectrum", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 100, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (spectrum) => {
          const curve = gaussianMmseCurve(spectrum, ladder(9));
          for (const cost of [ancestralStepCost, analyticStepCost(spectrum.length)]) {
            for (let i = 0; i < 6; i++) {
              for (let j = i + 2; j < 8; j++) {
                const straight = cost(curve, i, j) + cost(curve, i + 1, j + 1);
                const crossed = cost(curve, i, j + 1) + cost(curve, i + 1, j);
                expect(straight).toBeLessThanOrEqual(crossed + 1e-12 * (1 + Math.abs(crossed)));
              }
            }
          }
        },
      ),
    );
  });

  it("tends to equal steps of log(1 / variance + snr) for a Gaussian", () => {
    const grid = asymptoticGridSnr(gaussianMmseCurve(variances, ladder(20001)), 20);
    const clock = (snr: number) => Math.log(1 / variance + snr);
    const step = (clock(snrMax) - clock(snrMin)) / 20;
    grid.forEach((snr, k) => {
      expect(clock(snr)).toBeCloseTo(clock(snrMin) + k * step, 3);
    });
  });
});
