import { expect, it } from "vitest";
import { binomialLimits } from "./binomial.js";

it("leaves half of the error on either side", () => {
  // P(X = 0) = P(X = 4) = 1 / 16 of four fair coins, P(X <= 1) = 5 / 16.
  expect(binomialLimits(4, 0.5, 0.12)).toEqual([0, 4]);
  expect(binomialLimits(4, 0.5, 0.13)).toEqual([1, 3]);
  expect(binomialLimits(4, 0.5, 0.63)).toEqual([2, 2]);
  // By exact fractions of Binomial(100, 0.95): P(X <= 88) = 0.0043, P(X <= 89) = 0.0115; P(X > 99) = 0.0059, P(X > 98) = 0.0371.
  expect(binomialLimits(100, 0.95, 0.01)).toEqual([89, 100]);
  expect(binomialLimits(100, 0.95, 0.02)).toEqual([89, 99]);
});
