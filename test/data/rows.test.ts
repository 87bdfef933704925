import fc from "fast-check";
import { expect, it } from "vitest";
import { gatherInto, gatherRows, rowsIn } from "../../src/data/rows.js";

it("gathers rows in the given order, repeated ones too, whatever their length", () => {
  const sizes = fc.record({ count: fc.integer({ min: 1, max: 9 }), dimension: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat()), ({ count, dimension }, picks) => {
      const points = Float32Array.from({ length: count * dimension }, (_, at) => at);
      const rows = picks.map((pick) => pick % count);
      const expected = rows.flatMap((row) => Array.from({ length: dimension }, (_, k) => row * dimension + k));
      expect([...gatherRows(points, dimension, rows)]).toEqual(expected);
      const target = new Float32Array(expected.length + 1).fill(-1);
      gatherInto(target, points, dimension, rows);
      expect([...target]).toEqual([...expected, -1]);
      expect(rowsIn(points, dimension)).toBe(count);
    }),
  );
});
