import { describe, expect, it } from "vitest";
import { LuDecomposition } from "../../src/theory/lu.js";

/** Entries with pivots off the diagonal. */
const matrixOf = (d: number) => Float64Array.from({ length: d * d }, (_, at) => Math.sin(1.7 * at * at + 0.3));

describe("LU decomposition", () => {
  it("has determinants with their sign", () => {
    const lu = new LuDecomposition(2);
    expect(lu.factor(Float64Array.of(0, 2, 3, 1))).toBe(true);
    expect(lu.sign).toBe(-1);
    expect(lu.logDeterminant).toBeCloseTo(Math.log(6), 14);
    expect(lu.factor(Float64Array.of(0, 2, -3, 1))).toBe(true);
    expect(lu.sign).toBe(1);
  });

  it.each([1, 2, 5, 12])("solves %i equations again and again", (d) => {
    const lu = new LuDecomposition(d);
    for (const shift of [0, 1]) {
      const matrix = matrixOf(d).map((value) => value + shift);
      lu.factor(matrix);
      const x = Float64Array.from({ length: d }, (_, i) => i - 1.5);
      const b = x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[i * d + j] * value, 0));
      lu.solve(b);
      b.forEach((value, i) => {
        expect(value).toBeCloseTo(x[i], 9);
      });
    }
  });

  it("has the norm of the inverse", () => {
    const lu = new LuDecomposition(2);
    lu.factor(Float64Array.of(0, 2, 4, 0));
    expect(lu.inverseNorm()).toBeCloseTo(Math.hypot(0.5, 0.25), 14);
  });

  it("says what is singular or not finite", () => {
    const lu = new LuDecomposition(2);
    expect(lu.factor(Float64Array.of(1, 2, 2, 4))).toBe(false);
    expect(lu.sign).toBe(0);
    expect(lu.factor(Float64Array.of(1, Number.NaN, 2, Number.POSITIVE_INFINITY))).toBe(false);
  });
});
