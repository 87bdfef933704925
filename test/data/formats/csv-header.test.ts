import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeHeader } from "../../../src/data/formats/csv-header.js";

const width = 3;
const rowOf = (cell: fc.Arbitrary<string>) => fc.array(cell, { minLength: width, maxLength: width });
const integer = fc.integer({ min: -3000, max: 3000 }).map(String);
const fraction = fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat(999)).map((parts) => parts.join("."));
const rows = (cell: fc.Arbitrary<string>) => fc.array(rowOf(cell), { minLength: 2, maxLength: 20 });
const distinct = (cell: fc.Arbitrary<string>) => rowOf(cell).filter((row) => new Set(row).size === width);
const judge = (first: string[], below: string[][]) => judgeHeader(first, { decimal: ".", label: -1, below });

describe("a first row of numbers", () => {
  it("is in doubt where it has different integers, and rows below have none", () => {
    fc.assert(
      fc.property(distinct(integer), rows(fraction), (first, below) => {
        expect(judge(first, below)).toHaveProperty("doubt");
      }),
    );
  });

  it("is data where one row below has an integer too, but for years", () => {
    const small = fc.integer({ min: 3, max: 1500 }).map(String);
    fc.assert(
      fc.property(distinct(small), rows(fraction), fc.nat(width - 1), small, (first, below, column, found) => {
        expect(judge(first, [...below, below[0].map((text, at) => (at === column ? found : text))])).toBe(false);
      }),
    );
  });

  it("is in doubt where it has years and rows below have other integers", () => {
    const years = fc.integer({ min: 1800, max: 2190 }).map((from) => [from, from + 1, from + 2].map(String));
    fc.assert(
      fc.property(years, rows(fc.nat(1700).map(String)), (first, below) => {
        expect(judge(first, below)).toHaveProperty("doubt");
        expect(judge(first, [...below, ["1999", "1999", "1999"]])).toBe(false);
      }),
    );
  });

  it("is data alone, above one row, in one column, and where numbers come twice", () => {
    expect(judge(["5", "6"], [])).toBe(false);
    expect(judge(["5", "6"], [["1.5", "2.5"]])).toBe(false);
    expect(judge(["5"], [["1.5"], ["2.5"]])).toBe(false);
    expect(
      judge(
        ["5", "5"],
        [
          ["1.5", "2.5"],
          ["1.5", "2.5"],
        ],
      ),
    ).toBe(false);
  });
});
