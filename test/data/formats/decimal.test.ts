import fc from "fast-check";
import { expect, it } from "vitest";
import { parseDecimal } from "../../../src/data/formats/decimal.js";

function parse(text: string): number {
  const bytes = new TextEncoder().encode(`,${text},`);
  return parseDecimal(bytes, 1, bytes.length - 1);
}

it("agrees with Number on every float64, however it is printed", () => {
  const finite = fc.double({ noDefaultInfinity: true, noNaN: true });
  fc.assert(
    fc.property(finite, fc.integer({ min: 1, max: 20 }), (value, digits) => {
      for (const text of [String(value), value.toExponential(), value.toPrecision(digits), value.toFixed(digits)]) {
        expect(parse(text)).toBe(Number(text));
      }
    }),
  );
});

it("agrees with Number on short decimals", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -30, max: 30 }), (mantissa, exponent) => {
      expect(parse(`${mantissa}e${exponent}`)).toBe(Number(`${mantissa}e${exponent}`));
    }),
  );
});

it.each([
  ["  -1.5\t", -1.5],
  ["+7", 7],
  [".5", 0.5],
  ["5.", 5],
  ["1E+2", 100],
  ["-0", -0],
  ["000000000000000000000000012", 12],
  ["1e999", Infinity],
  ["1e-999", 0],
])("reads %j", (text, value) => {
  expect(parse(text)).toBe(value);
});

it.each([
  "",
  " ",
  "-",
  ".",
  "e5",
  "1e",
  "1e+",
  "1.2.3",
  "1 2",
  "0x10",
  "nan",
  "NaN",
  "inf",
  "Infinity",
  "1_000",
  "1e5.5",
  "--1",
  "१",
])("takes %j for no number", (text) => {
  expect(parse(text)).toBeNaN();
});
