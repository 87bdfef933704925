import fc from "fast-check";
import { expect, it } from "vitest";
import { leastCompared, leastHeldOut, rowCounts } from "../../../src/experiment/config/row-counts.js";

it("holds out a tenth, and of small data as many rows as samples are compared with, a third of them at most", () => {
  const heldOutOf = (rows: number) => rowCounts("the data", rows, {}).heldOut;
  expect([10, 12, 30, 47, 48, 60, 160, 170, 5000].map(heldOutOf)).toEqual([4, 4, 10, 15, 16, 16, 16, 17, 500]);
  fc.assert(
    fc.property(fc.integer({ min: leastHeldOut + 2, max: 10_000 }), (rows) => {
      const { train, heldOut } = rowCounts("the data", rows, {});
      expect(train + heldOut).toBe(rows);
      expect(heldOut).toBeGreaterThanOrEqual(Math.max(leastHeldOut, Math.round(rows / 10)));
      if (rows >= 3 * leastCompared) expect(heldOut).toBeGreaterThanOrEqual(leastCompared);
    }),
  );
});

it("takes no row from those that are to be trained on", () => {
  expect(rowCounts("the data", 100, { train: 88 })).toEqual({ train: 88, heldOut: 12 });
  expect(rowCounts("the data", 100, { train: 90 })).toEqual({ train: 90, heldOut: 10 });
  expect(() => rowCounts("the data", 100, { train: 95 })).toThrow(
    "the data needs 95 training and 10 held-out rows, the data have 100",
  );
});
