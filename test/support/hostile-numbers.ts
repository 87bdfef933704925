import fc from "fast-check";

/** Mostly a number as it should be, now and then one that no measurement should give. */
export function anyNumber(good: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 24, arbitrary: fc.constant(good) },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 1e3, noNaN: true }) },
    { weight: 1, arbitrary: fc.double() },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0) },
    { weight: 1, arbitrary: fc.constantFrom(-good, -1, 1e308, 5e-324) },
  );
}
