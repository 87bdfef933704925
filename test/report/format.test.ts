import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatFlops,
  formatGiven,
  formatInteger,
  formatNumber,
  formatRatio,
  formatSeconds,
  formatTick,
  plural,
} from "../../src/report/format.js";

describe("numbers as text", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-12, "−12"],
    [123456, "123,456"],
    [0.0233812, "0.02338"],
    [-1.5, "−1.500"],
    [0.0001, "0.0001000"],
    [0.00009999, "9.999 × 10⁻⁵"],
    [12345678, "1.235 × 10⁷"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NaN, "not a number"],
  ])("formatNumber(%d) = %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1234, "1.23 kB"],
    [999_600, "1 MB"],
    [123_456_789, "123 MB"],
    [2e18, "2000 PB"],
  ])("formatBytes(%d) = %s", (value, text) => {
    expect(formatBytes(value).replace("\u202f", " ")).toBe(text);
  });

  it.each([
    [0.0123456, "0.0123 s"],
    [59.94, "59.9 s"],
    [60, "1 min 0 s"],
    [125.4, "2 min 5 s"],
    [3720, "1 h 2 min"],
  ])("formatSeconds(%d) = %s", (value, text) => {
    expect(formatSeconds(value).replaceAll("\u202f", " ")).toBe(text);
  });

  it("ratios, counts, ticks and arithmetic", () => {
    expect([1, 0.5, 1 / 3, 0.3, 0.125].map(formatRatio)).toEqual(["1", "1/2", "1/3", "0.3", "1/8"]);
    expect([0, 1, 2].map((count) => plural(count, "round"))).toEqual(["0 rounds", "1 round", "2 rounds"]);
    expect([0, 0.1 + 0.2, -1000, 2e7, 1e-5].map(formatTick)).toEqual(["0", "0.3", "−1000", "2.0 × 10⁷", "1.0 × 10⁻⁵"]);
    expect(formatInteger(1234567.4)).toBe("1,234,567");
    expect(formatFlops(3.1e12)).toBe("3.1\u202fTFLOP");
  });

  it("has the digits that were given", () => {
    expect([0, 1, 0.5, 0.001, 1e-5, 1.25e-7, 12.5, 3e8].map((value) => formatGiven(value))).toEqual([
      "0",
      "1",
      "0.5",
      "0.001",
      "1 × 10⁻⁵",
      "1.25 × 10⁻⁷",
      "12.5",
      "3 × 10⁸",
    ]);
  });
});
