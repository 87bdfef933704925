import { describe, expect, it } from "vitest";
import { RunningMoments } from "../../src/theory/running-moments.js";

function momentsOf(values: readonly number[]): RunningMoments {
  const moments = new RunningMoments();
  for (const value of values) moments.add(value);
  return moments;
}

describe("running moments", () => {
  it("are mean and standard error with one degree of freedom taken by the mean", () => {
    const moments = momentsOf([1, 2, 4, 9]);
    expect(moments.count).toBe(4);
    expect(moments.mean).toBe(4);
    // Squared distances 9 + 4 + 0 + 25 = 38, over 3, over 4.
    expect(moments.standardError).toBeCloseTo(Math.sqrt(38 / 12), 14);
  });

  it("have the ends of Student's law: two draws reach 6.31 standard errors, three 2.92, eleven 1.81", () => {
    // Tables of Student's law, 95 % one-sided, with 1, 2 and 10 degrees of freedom.
    for (const [draws, quantile] of [
      [2, 6.313751515],
      [3, 2.91998558],
      [11, 1.812461123],
    ]) {
      const moments = momentsOf(Array.from({ length: draws }, (_, i) => i * i));
      const reach = (moments.upper(0.95) - moments.mean) / moments.standardError;
      expect(reach).toBeCloseTo(quantile, 7);
      const { low, high, confidence } = moments.interval(0.9);
      expect(confidence).toBe(0.9);
      expect((high - moments.mean) / moments.standardError).toBeCloseTo(quantile, 7);
      expect(moments.mean - low).toBeCloseTo(high - moments.mean, 10);
    }
  });

  it("of one draw have no end", () => {
    const moments = momentsOf([3]);
    expect(moments.mean).toBe(3);
    expect(moments.standardError).toBe(Number.POSITIVE_INFINITY);
    expect(moments.upper(0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  it("keep the digits of values far from 0", () => {
    const near = momentsOf([1, 2, 4, 9]);
    const far = momentsOf([1, 2, 4, 9].map((value) => value + 1e9));
    expect(far.mean - 1e9).toBe(near.mean);
    // Means near 1e9 are rounded by 2^-24.
    expect(Math.abs(far.standardError - near.standardError)).toBeLessThan(2 ** -24);
  });
});
