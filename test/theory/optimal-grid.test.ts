import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianMmseCurve, type MmseCurve } from "../../src/theory/mmse-curve.js";
import {
  analyticStepCost,
  ancestralStepCost,
  asymptoticGridSnr,
  diagonalStepCost,
  discretizationOf,
  optimalGridIndices,
} from "../../src/theory/optimal-grid.js";

const variance = 0.25;
const variances = [variance, variance];
const [snrMin, snrMax] = [1 / Math.expm1(8), 1 / Math.expm1(0.02)];
const ladder = (points: number) =>
  Float64Array.from({ length: points }, (_, i) => snrMin * (snrMax / snrMin) ** (i / (points - 1)));

/** Gaussian laws of two coordinates each, their axes turned: the first has the share of the second variance in its own error. */
function turned(pairs: readonly (readonly [number, number, number])[], points: number): MmseCurve {
  const snr = ladder(points);
  const coordinates = pairs.flatMap(([a, b, share]) => {
    const [first, second] = [a, b].map((v) => snr.map((value) => v / (1 + value * v)));
    const mixed = (weight: number) => first.map((value, i) => (1 - weight) * value + weight * second[i]);
    return [mixed(share), mixed(1 - share)];
  });
  return {
    ...gaussianMmseCurve([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)], snr),
    coordinates,
  };
}

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

  it("has the same for steps with a variance for each coordinate, which are never above those of one variance", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const variance = fc.double({ min: 1e-3, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(variance, variance, share), { minLength: 1, maxLength: 3 }), (pairs) => {
        const curve = turned(pairs, 9);
        for (let i = 0; i < 6; i++) {
          for (let j = i + 2; j < 8; j++) {
            const straight = diagonalStepCost(curve, i, j) + diagonalStepCost(curve, i + 1, j + 1);
            const crossed = diagonalStepCost(curve, i, j + 1) + diagonalStepCost(curve, i + 1, j);
            expect(straight).toBeLessThanOrEqual(crossed + 1e-12 * (1 + Math.abs(crossed)));
            const cost = diagonalStepCost(curve, i, j);
            expect(cost).toBeLessThanOrEqual(analyticStepCost(2 * pairs.length)(curve, i, j) + 1e-12);
            expect(cost).toBeGreaterThan(-1e-12);
          }
        }
      }),
    );
  });

  it("of steps with a variance for each coordinate is beaten by no other choice, and costs nothing where the axes are the coordinates", () => {
    const curve = turned(
      [
        [1, 0.01, 0.3],
        [30, 0.2, 0.5],
      ],
      11,
    );
    let best = Number.POSITIVE_INFINITY;
    for (let a = 1; a < 10; a++) {
      for (let b = a + 1; b < 10; b++) best = Math.min(best, discretizationOf(curve, [0, a, b, 10], diagonalStepCost));
    }
    expect(discretizationOf(curve, optimalGridIndices(curve, 3, diagonalStepCost), diagonalStepCost)).toBe(best);
    expect(best).toBeGreaterThan(0.01);
    const straight = turned(
      [
        [1, 0.01, 0],
        [30, 0.2, 1],
      ],
      11,
    );
    expect(Math.abs(discretizationOf(straight, [0, 3, 10], diagonalStepCost))).toBeLessThan(1e-12);
    expect(() => diagonalStepCost(gaussianMmseCurve([1, 2], ladder(5)), 0, 1)).toThrow(
      "curve.coordinates must be given",
    );
    // Far more coordinates than one product of float64 holds: each adds the same.
    const many = turned(
      Array.from({ length: 200 }, () => [1, 0.01, 0.3] as const),
      5,
    );
    const [one] = [turned([[1, 0.01, 0.3]], 5)];
    expect(diagonalStepCost(many, 0, 4) / diagonalStepCost(one, 0, 4)).toBeCloseTo(200, 9);
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
