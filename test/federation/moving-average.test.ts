import { expect, it } from "vitest";
import { averageWith, emptyAverage } from "../../src/federation/moving-average.js";

it("weighs rounds by powers of the decay, normalized", () => {
  let average = emptyAverage(1);
  const values = [8, 4, 2, 1, 16];
  for (const value of values) average = averageWith(average, Float32Array.of(value), 0.75);
  const weights = values.map((_, age) => 0.75 ** (values.length - 1 - age));
  const expected = values.reduce((sum, value, i) => sum + weights[i] * value, 0) / weights.reduce((a, b) => a + b);
  expect(average.values[0]).toBeCloseTo(expected, 12);
  expect(average.weight).toBeCloseTo(1 - 0.75 ** 5, 12);
});

it("is the first round's value after it, and the last one's with decay 0", () => {
  const first = averageWith(emptyAverage(2), Float32Array.of(3, -7), 0.999);
  expect(first.values).toEqual(Float64Array.of(3, -7));
  expect(averageWith(first, Float32Array.of(1, 2), 0).values).toEqual(Float64Array.of(1, 2));
});
