import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, quantile, summary } from "../../bench/harness/statistics.mjs";

const times = fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 });
/** Of the interpolation, relative. */
const rounding = 1e-12;

describe("statistics of turns", () => {
  it("quantiles interpolate between the sorted values", () => {
    expect(quantile([30, 10, 20, 40], 0.25)).toBe(17.5);
    expect(quantile([30, 10, 20, 40], 0)).toBe(10);
    expect(quantile([30, 10, 20, 40], 1)).toBe(40);
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("medians of odd and even counts", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it("summary: the smallest, the middle and the quartiles' distance as a share of it", () => {
    expect(summary([4, 2, 1, 3, 5])).toEqual({ best: 1, median: 3, spread: 2 / 3 });
    expect(summary([2, 2, 2])).toEqual({ best: 2, median: 2, spread: 0 });
  });

  it("orders best, quartiles and largest, ignores the order of the turns and scales with the unit", () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (seconds, share) => {
        const at = quantile(seconds, share);
        expect(at).toBeGreaterThanOrEqual(Math.min(...seconds) * (1 - rounding));
        expect(at).toBeLessThanOrEqual(Math.max(...seconds) * (1 + rounding));
        expect(quantile(seconds, share / 2)).toBeLessThanOrEqual(at * (1 + rounding));
        const whole = summary(seconds);
        expect(whole.spread).toBeGreaterThanOrEqual(0);
        expect(summary([...seconds].reverse())).toEqual(whole);
        const doubled = summary(seconds.map((value) => 2 * value));
        expect(doubled).toEqual({ best: 2 * whole.best, median: 2 * whole.median, spread: whole.spread });
      }),
    );
  });
});
