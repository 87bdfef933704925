import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largestMonotoneSum } from "../../../src/theory/apriori/monotone-sum.js";

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
