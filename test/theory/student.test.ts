import { describe, expect, it } from "vitest";
import { logGamma, studentQuantile } from "../../src/theory/student.js";

// Standard t tables (NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2).
describe("quantiles of Student's t", () => {
  it.each([
    [0.95, 1, 6.314],
    [0.95, 5, 2.015],
    [0.975, 10, 2.228],
    [0.99, 30, 2.457],
    [0.95, 100, 1.66],
    [0.975, 100, 1.984],
  ])("p = %f, %i degrees: %f", (probability, degrees, value) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(value, 3);
    expect(studentQuantile(1 - probability, degrees)).toBeCloseTo(-value, 3);
  });

  it("tend to the normal quantile", () => {
    expect(studentQuantile(0.95, 1e7)).toBeCloseTo(1.6448536, 5);
  });

  it("log Gamma at known points", () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
    expect(logGamma(10)).toBeCloseTo(Math.log(362880), 11);
  });
});
