import { describe, expect, test } from "vitest";
import { numberIn } from "../../../src/experiment/config/rules.js";

describe("numberIn", () => {
  test.each<[string, number[], number[]]>([
    ["(0, 1]", [1e-300, 0.5, 1], [0, -1, 1.0000001, Number.NaN, Number.POSITIVE_INFINITY]],
    ["[0, 1)", [0, 0.999], [-1e-9, 1]],
    ["[0, inf)", [0, 1e300], [-1e-300, Number.POSITIVE_INFINITY]],
    ["(-inf, inf)", [-1e300, 0, 1e300], [Number.NaN, Number.NEGATIVE_INFINITY]],
  ])("%s accepts what lies inside", (interval, inside, outside) => {
    for (const value of inside) expect(numberIn(interval).safeParse(value).success, String(value)).toBe(true);
    for (const value of outside) {
      expect(numberIn(interval).safeParse(value).error?.issues[0].message, String(value)).toBe(
        `must lie in ${interval}`,
      );
    }
  });

  test("a text that is no interval is a mistake of the schema", () => {
    expect(() => numberIn("0..1")).toThrow("not an interval");
  });
});
