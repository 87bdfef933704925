import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectArray } from "../../../src/cli/inspect/array.js";
import { centerOf } from "../../../src/cli/inspect/center.js";
import { writeNpy } from "../../../src/data/formats/npy.js";

describe("mean and deviation of an array", () => {
  it("are those of the unscaled numbers at every scale", () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: -1000, max: 1013 }),
        fc.integer({ min: 0, max: 40 }),
        (values, power, far) => {
          const unit = 2 ** Math.min(power, 1013 - far);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
          const found = centerOf(Float64Array.from(values, (value) => (value + 2 ** far) * unit));
          expect(found.mean / unit - 2 ** far).toBeCloseTo(mean, 1);
          // A mean that lies 2^40 away is rounded by 2^-12.
          expect(Math.abs(found.deviation / unit - deviation)).toBeLessThan(1e-3 + 1e-9 * deviation);
        },
      ),
    );
  });

  it("reach to both ends of float64", () => {
    expect(centerOf(Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE))).toEqual({
      mean: 0,
      deviation: Number.MAX_VALUE,
    });
    expect(centerOf(Float64Array.of(0, 2 ** -1073))).toEqual({ mean: 2 ** -1074, deviation: 2 ** -1074 });
    expect(centerOf(Float64Array.of(0, 0))).toEqual({ mean: 0, deviation: 0 });
    expect(centerOf(Float64Array.of(1e300, -1e300, 1e-300)).deviation).toBeCloseTo(1e300 * Math.sqrt(2 / 3), -285);
  });

  it.each([
    [1e300, "1.000e+300 to 3.000e+300", "2.000e+300, standard deviation 1.000e+300"],
    [1e-300, "1.000e-300 to 3.000e-300", "2.000e-300, standard deviation 1.000e-300"],
  ])("stand in what inspect says: %d", (scale, range, mean) => {
    const facts = new Map(inspectArray(writeNpy(Float64Array.of(scale, 3 * scale), [2]), "a.npy"));
    expect(facts.get("range")).toBe(range);
    expect(facts.get("mean")).toBe(mean);
  });
});
