import { expect, it } from "vitest";
import { randomFrames } from "../../src/divergence/frames.js";
import { slicedWasserstein2 } from "../../src/divergence/sliced-wasserstein.js";
import { describeEngines } from "../support/engines.js";
import { gaussianSample } from "../support/samples.js";

describeEngines("sliced Wasserstein-2", (engineOf) => {
  const value = (a: Float32Array, b: Float32Array, d: number, seed = 1) =>
    slicedWasserstein2.evaluate(engineOf(), a, b, d, { seed }).value;

  it("on a line is W2 by sorting", () => {
    const a = gaussianSample(engineOf(), 1001, 1, 1);
    const b = gaussianSample(engineOf(), 1001, 1, 2, { shift: 0.3, scale: 2 });
    const [x, y] = [a.slice().sort(), b.slice().sort()];
    const square = x.reduce((sum, left, i) => sum + (left - y[i]) ** 2, 0) / x.length;
    expect(value(a, b, 1)).toBeCloseTo(Math.sqrt(square), 6);
  });

  it("of a translation by v is |v| / sqrt d, whatever the directions", () => {
    for (const d of [2, 5, 50]) {
      const a = gaussianSample(engineOf(), 300, d, 1);
      const b = a.map((x, at) => x + (at % d === 1 ? 4 : 0));
      for (const seed of [1, 2]) expect(value(a, b, d, seed)).toBeCloseTo(4 / Math.sqrt(d), 5);
    }
  });

  it("of a scaling by s about the mean, in one frame of all coordinates, is |s - 1| times the deviation", () => {
    for (const d of [2, 7, 32]) {
      const a = gaussianSample(engineOf(), 500, d, 4);
      const mean = Array.from({ length: d }, (_, k) => a.reduce((sum, x, at) => sum + (at % d === k ? x : 0), 0) / 500);
      const b = a.map((x, at) => mean[at % d] + 2.5 * (x - mean[at % d]));
      const variance = a.reduce((sum, x, at) => sum + (x - mean[at % d]) ** 2, 0) / a.length;
      // Orthonormal frames of d directions sum to the trace exactly.
      expect(value(a, b, d)).toBeCloseTo(1.5 * Math.sqrt(variance), 5);
    }
  });

  it.each([1, 3])("has an interval as wide as its deviation, from either sample: dimension %i", (d) => {
    const [few, many] = [400, 20_000];
    const halfWidth = (rowsA: number, rowsB: number, change: { shift?: number; scale?: number }) => {
      const a = gaussianSample(engineOf(), rowsA, d, 1);
      const b = gaussianSample(engineOf(), rowsB, d, 2, change);
      const { low, high } = slicedWasserstein2.evaluate(engineOf(), a, b, d, { seed: 1 });
      return (high - low) / 2;
    };
    // A shift v moves W2 = |v| / sqrt(d) with the means: deviation 1 / sqrt(d n). A scale s moves W2 = |s - 1| with the deviations: their own
    // one over sqrt(2 d n). The other sample is large or narrow enough to add a percent. The variance of 400 squares is within 3 * 19 %.
    const shifted = 1.96 / Math.sqrt(d * few);
    expect(Math.abs(halfWidth(few, many, { shift: 40 }) / shifted - 1)).toBeLessThan(0.2);
    expect(Math.abs(halfWidth(many, few, { shift: 40 }) / shifted - 1)).toBeLessThan(0.2);
    const scaled = 1.96 / Math.sqrt(2 * d * few);
    expect(Math.abs(halfWidth(few, many, { scale: 1 / 8 }) / scaled - 1)).toBeLessThan(0.3);
    expect(Math.abs(halfWidth(many, few, { scale: 8 }) / (8 * scaled) - 1)).toBeLessThan(0.3);
  });

  it("shrinks like n^-1/2 between samples of the same law", () => {
    const floor = (n: number) => {
      const values = [1, 2, 3, 4].map((s) =>
        value(gaussianSample(engineOf(), n, 2, s), gaussianSample(engineOf(), n, 2, 10 + s), 2),
      );
      return values.reduce((sum, each) => sum + each, 0) / values.length;
    };
    const ratio = floor(250) / floor(4000);
    expect(ratio).toBeGreaterThan(2.5);
    expect(ratio).toBeLessThan(6.4);
  });
});

describeEngines("random frames", (engineOf) => {
  it.each([
    [1, 1, 1],
    [2, 2, 20],
    [40, 32, 3],
  ])("in dimension %i hold %i orthonormal directions each", (dimension, size, count) => {
    const { directions } = randomFrames(engineOf(), dimension, size, count, 9);
    for (let f = 0; f < count; f++) {
      for (let r = 0; r < size; r++) {
        for (let q = 0; q <= r; q++) {
          let dot = 0;
          for (let k = 0; k < dimension; k++) {
            dot += directions[(f * size + r) * dimension + k] * directions[(f * size + q) * dimension + k];
          }
          expect(dot).toBeCloseTo(q === r ? 1 : 0, 6);
        }
      }
    }
  });

  it("are uniform: first and second moments of 4000 planar directions", () => {
    const { directions } = randomFrames(engineOf(), 2, 2, 2000, 3);
    let [x, xx, xy] = [0, 0, 0];
    for (let r = 0; r < 4000; r++) {
      x += directions[2 * r] / 4000;
      xx += directions[2 * r] ** 2 / 4000;
      xy += (directions[2 * r] * directions[2 * r + 1]) / 4000;
    }
    // Standard errors at most sqrt(1/2 / 2000) = 0.016 for the mean; second moments are fixed within each pair of orthogonal directions.
    expect(Math.abs(x)).toBeLessThan(0.064);
    expect(xx).toBeCloseTo(0.5, 6);
    expect(xy).toBeCloseTo(0, 6);
  });
});
