import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonIncreasingFit } from "../../src/theory/isotonic.js";

describe("non-increasing fit", () => {
  it("pools adjacent violators by weight", () => {
    expect([...nonIncreasingFit([3, 1, 2, 0], [1, 1, 3, 1])]).toEqual([3, 1.75, 1.75, 0]);
  });

  it("is monotone, keeps the weighted mean and does not change a monotone input", () => {
    const entry = fc.record({ value: fc.integer({ min: -100, max: 100 }), weight: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (entries) => {
        const values = entries.map((e) => e.value);
        const weights = entries.map((e) => e.weight);
        const fit = nonIncreasingFit(values, weights);
        const mean = (xs: ArrayLike<number>) => weights.reduce((sum, w, i) => sum + w * (xs[i] as number), 0);
        expect(mean(fit)).toBeCloseTo(mean(values), 6);
        for (let i = 1; i < fit.length; i++) expect(fit[i]).toBeLessThanOrEqual(fit[i - 1] as number);
        const again = nonIncreasingFit(fit, weights);
        expect([...again]).toEqual([...fit]);
      }),
    );
  });
});
