import { expect, it } from "vitest";
import { linearBootstrap, percentileInterval } from "../../src/divergence/bootstrap.js";
import { subsample } from "../../src/divergence/samples.js";
import { describeEngines } from "../support/engines.js";
import { gaussianSample } from "../support/samples.js";

describeEngines("bootstrap", (engineOf) => {
  it("of two means has their standard error", () => {
    const [a, b] = [400, 100].map((rows, k) => Float64Array.from(gaussianSample(engineOf(), rows, 1, k + 1)));
    const variance = (x: Float64Array) => {
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      return x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    };
    const deviations = linearBootstrap(engineOf(), [a, b], 4000, 5);
    const expected = variance(a) / 400 + variance(b) / 100;
    // A variance from 4000 nearly normal draws has relative standard error sqrt(2 / 4000) = 0.022; 4.5 of them.
    expect(Math.abs(variance(deviations) / expected - 1)).toBeLessThan(0.1);
    const mean = deviations.reduce((sum, value) => sum + value, 0) / 4000;
    expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(expected / 4000));
  });

  it("draws the samples independently: the same influences do not cancel", () => {
    const a = Float64Array.from(gaussianSample(engineOf(), 50, 1, 1));
    const deviations = linearBootstrap(engineOf(), [a, a.map((value) => -value)], 100, 5);
    expect(Math.max(...deviations)).toBeGreaterThan(0.05);
  });

  it("takes a subsample without replacement, in order, the same rows for equal sizes", () => {
    const x = Float32Array.from({ length: 300 }, (_, at) => at);
    const rows = subsample(engineOf(), x, 3, 40, 7);
    expect(rows).toEqual(subsample(engineOf(), x.slice(), 3, 40, 7));
    expect(rows).not.toEqual(subsample(engineOf(), x, 3, 40, 8));
    for (let i = 0; i < 40; i++) {
      expect(rows[3 * i] % 3).toBe(0);
      expect(rows[3 * i + 2]).toBe(rows[3 * i] + 2);
      if (i > 0) expect(rows[3 * i]).toBeGreaterThan(rows[3 * i - 1]);
    }
    expect(subsample(engineOf(), x, 3, 100, 7)).toBe(x);
  });
});

it("percentiles lie between order statistics", () => {
  const draws = Float64Array.from({ length: 41 }, (_, i) => 40 - i);
  const [low, high] = percentileInterval(draws);
  expect(low).toBeCloseTo(1, 12);
  expect(high).toBeCloseTo(39, 12);
  expect(percentileInterval(Float64Array.of(3))).toEqual([3, 3]);
});
