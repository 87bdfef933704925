import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, farStrata, repeated, scalesOf } from "../../../src/theory/certificate/plan.js";
import { strataOf, unitPaths } from "../../../src/theory/certificate/strata.js";

/** Weights that sum to 1, over many orders of magnitude. */
const weightsOf = (most: number, least = 1) =>
  fc
    .array(fc.double({ min: -12, max: 0, noNaN: true }), { minLength: least, maxLength: most })
    .map((logs) => logs.map((log) => 10 ** log))
    .map((values) => {
      const total = values.reduce((a, b) => a + b, 0);
      return Float64Array.from(values, (value) => value / total);
    });

describe("strata", () => {
  it("hold every cell with its probability: the mean over slots is the mean over the law", () => {
    fc.assert(
      fc.property(fc.oneof(weightsOf(64), ...[65, 71, 100, 300].map((count) => weightsOf(count, count))), (weights) => {
        const { weights: masses, slotsOf } = strataOf({ weights });
        const reached = new Float64Array(weights.length);
        masses.forEach((mass, stratum) => {
          const { cells, factors } = slotsOf(stratum);
          expect(cells).toHaveLength(unitPaths);
          cells.forEach((cell, slot) => {
            reached[cell] += (mass * factors[slot]) / unitPaths;
          });
        });
        reached.forEach((probability, cell) => {
          expect(Math.abs(probability - weights[cell])).toBeLessThan(1e-12 * weights[cell]);
        });
      }),
    );
  });

  it("are the cells where they are few, and groups of at most a unit's paths where they are many", () => {
    expect(strataOf({ weights: new Float64Array(64).fill(1 / 64) })).toMatchObject({ grouped: false });
    const many = strataOf({ weights: new Float64Array(65).fill(1 / 65) });
    expect(many.grouped).toBe(true);
    expect(many.weights).toHaveLength(9);
  });
});

describe("allocation of units", () => {
  it("gives at least one to each stratum, all of them in all, and more to a larger weight times deviation", () => {
    const cases = weightsOf(40).chain((weights) =>
      fc.record({
        weights: fc.constant(weights),
        deviations: fc
          .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: weights.length, maxLength: weights.length })
          .map((values) => Float64Array.from(values)),
        units: fc.integer({ min: weights.length, max: 3000 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ weights, deviations, units }) => {
        const counts = allocate(weights, { deviations }, units);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(units);
        expect(repeated(counts)).toHaveLength(units);
        const mean = weights.reduce((sum, weight, s) => sum + weight * deviations[s], 0);
        // No contribution sticks out: half of the spare units go by weight times deviation.
        counts.forEach((count, s) => {
          const allowed = (2 * mean) / Math.max(1, units - weights.length);
          if (count > 2) expect((weights[s] * deviations[s]) / count).toBeLessThanOrEqual(allowed + 1e-12);
        });
      }),
    );
  });

  it("takes scales from a pilot: means and largest deviations, or the median where each stratum was seen once", () => {
    const several = scalesOf(Float64Array.of(1, 3, 10, 10), Uint32Array.of(0, 0, 1, 1), 2);
    expect([...several.centers]).toEqual([2, 10]);
    expect([...several.deviations]).toEqual([1, 0]);
    const values = Float64Array.of(1, 2, 3, 4, 1000);
    const strata = Uint32Array.of(0, 1, 2, 3, 4);
    const once = scalesOf(values, strata, 5);
    expect([...once.centers]).toEqual([3, 3, 3, 3, 3]);
    expect([...once.deviations]).toEqual([3, 2, 1, 2, 998]);
    expect([...farStrata(values, strata, 5)]).toEqual([4]);
    const again = scalesOf(Float64Array.of(...values, 990, 1010), Uint32Array.of(...strata, 4, 4), 5);
    expect([...again.centers]).toEqual([3, 3, 3, 3, 1000]);
    expect([...again.deviations].slice(1)).toEqual([2, 1, 2, 10]);
  });
});
