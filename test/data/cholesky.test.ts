import { describe, expect, it } from "vitest";
import { choleskyFactor, solveLower, solveLowerTransposed } from "../../src/data/cholesky.js";

const matrix = [4, 2, 0.6, 2, 5, 1.1, 0.6, 1.1, 3];

describe("Cholesky factor", () => {
  it("multiplies back to the matrix", () => {
    const lower = choleskyFactor("matrix", matrix, 3);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += lower[i * 3 + k] * lower[j * 3 + k];
        expect(sum).toBeCloseTo(matrix[i * 3 + j], 14);
        if (j > i) expect(lower[i * 3 + j]).toBe(0);
      }
    }
  });

  it("solves the system by two triangular ones", () => {
    const x = Float64Array.of(1, -2, 3);
    const lower = choleskyFactor("matrix", matrix, 3);
    solveLower(lower, x);
    solveLowerTransposed(lower, x);
    [1, -2, 3].forEach((value, i) => {
      expect(matrix[i * 3] * x[0] + matrix[i * 3 + 1] * x[1] + matrix[i * 3 + 2] * x[2]).toBeCloseTo(value, 13);
    });
  });

  it("refuses what is not positive definite, by pivot", () => {
    expect(() => choleskyFactor("covariance", [1, 2, 2, 1], 2)).toThrow(
      /covariance must be positive definite: pivot 1 must be > 0, got -3/,
    );
    expect(() => choleskyFactor("covariance", [Number.NaN], 1)).toThrow(/pivot 0/);
    expect(() => choleskyFactor("covariance", [1, 2, 3], 2)).toThrow(/must have 4 entries/);
  });
});
