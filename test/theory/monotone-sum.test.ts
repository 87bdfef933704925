import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestMonotoneSum } from "../../src/theory/monotone-sum.js";

const unit = fc.double({ min: 0, max: 1, noNaN: true });

const problems = fc.integer({ min: 1, max: 7 }).chain((length) =>
  fc.record({
    weights: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length }),
    increments: fc.array(unit, { minLength: length, maxLength: length }),
    floor: unit,
  }),
);

const capsOf = (floor: number, increments: readonly number[]) => {
  let cap = floor;
  return increments.map((increment) => {
    cap += increment;
    return cap;
  });
};

describe("the program's own conditions", () => {
  it.each([
    [[1, Number.NaN], [1, 2], 0, /^weights\[1\] must be finite, got NaN$/],
    [[1, 1], [2, 1], 0, /^caps\[1\] must be finite and not below 2, got 1$/],
    [[1, 1], [1, Number.POSITIVE_INFINITY], 0, /^caps\[1\] must be finite/],
    [[1, 1], [1, 2], 1.5, /^caps\[0\] must be finite and not below 1\.5, got 1$/],
    [[1, 1], [1, 2], Number.NaN, /^floor must be finite, got NaN$/],
    [[1], [1, 2], 0, /^caps must have 1 entries, got 2$/],
  ])("%s below %s from %d are refused", (weights, caps, floor, message) => {
    expect(() => largestMonotoneSum(weights, caps, floor)).toThrow(message);
  });
});

describe("largest sum over non-decreasing sequences below caps", () => {
  it("is the best vertex: sequences that stay at the floor or at an earlier cap", () => {
    fc.assert(
      fc.property(problems, ({ weights, increments, floor }) => {
        const caps = capsOf(floor, increments);
        // A vertex gives each place its own cap, or the value of the place before (the floor before the first).
        let best = Number.NEGATIVE_INFINITY;
        for (let choice = 0; choice < 2 ** weights.length; choice++) {
          let value = floor;
          let sum = 0;
          weights.forEach((weight, k) => {
            if ((choice >> k) & 1) value = caps[k];
            sum += weight * value;
          });
          best = Math.max(best, sum);
        }
        expect(largestMonotoneSum(weights, caps, floor)).toBeCloseTo(best, 12);
      }),
      { numRuns: 300 },
    );
  });
});
