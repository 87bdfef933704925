import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requireReach, requireTrainable } from "../../src/data/range.js";

const way = "standardize them";
const check =
  (...points: number[]) =>
  () =>
    requireTrainable("the rows", Float32Array.from(points), 2, way);

describe("rows that are trained on", () => {
  it("have squares within float32", () => {
    expect(check(1, 1e20, 2, -3e20)).toThrow(
      "column 1 of the rows lies in [-3.00e+20, 1.00e+20]; training squares its numbers in float32, which takes numbers up to 1.13e+15: standardize them",
    );
    expect(check(0, 1e-30, 0, 3e-30)).toThrow(
      "column 1 of the rows lies in [1.00e-30, 3.00e-30]; training squares its numbers in float32, which takes columns that vary by 8.67e-19 or more: standardize them",
    );
    expect(check(1e-30, 1e-40, 2e-30, 1e-40)).toThrow("column 0");
  });

  it("may be constant, or have a small column beside a large one", () => {
    for (const points of [[1e-40, 5, 1e-40, 5], [1e-30, 1, 2e-30, 2], [1e15, 0, -1e15, 0], [0, 0], []]) {
      expect(check(...points)).not.toThrow();
    }
    expect(() => requireReach("the rows", Float32Array.of(1e-30, 2e-30), 1, way)).not.toThrow();
  });

  it("pass exactly where their squares, and the square of their spread, are normal numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: -120, max: 120 }), (exponent) => {
        const at = () => requireTrainable("the rows", Float32Array.of(2 ** exponent, -(2 ** exponent)), 1, way);
        if (exponent > 50 || exponent < -61)
          expect(at).toThrow(expect.objectContaining({ code: "FEDSCORE_INVALID_DATA" }));
        else expect(at).not.toThrow();
      }),
    );
  });
});
