import { describe, expect, test } from "vitest";
import { merged, valueAt, withValueAt } from "../../../src/experiment/config/paths.js";
import { parseSweep } from "../../../src/experiment/sweep/config.js";
import { pointHash, pointsOf } from "../../../src/experiment/sweep/points.js";

const sweep = {
  name: "example",
  title: "Example",
  kind: "certificate",
  base: { target: { kind: "gaussian", dimension: 2 }, grid: { kind: "benton", steps: 8 } },
  seeds: [7, 8],
  axes: [
    { name: "dimension", label: "dimension", path: "target.dimension", values: [1, 2] },
    {
      name: "method",
      label: "method",
      values: [
        { value: "a", set: { sampler: "ancestral" } },
        { value: "b", set: { sampler: "exponential-integrator", "grid.kind": "karras" } },
      ],
    },
  ],
  measures: [{ name: "certificate", label: "certificate", path: "certificate.upper" }],
  fits: [{ x: "dimension", y: "certificate" }],
  quick: { seeds: [1], base: { grid: { steps: 4 } } },
};

const refusal = (change: object) => () => parseSweep({ ...sweep, ...change });

describe("parseSweep", () => {
  test("every combination of values and seeds is a point, with the values in its config", () => {
    const points = pointsOf(parseSweep(sweep));
    expect(points).toHaveLength(8);
    expect(points[3]).toEqual({
      at: { dimension: 1, method: "b" },
      seed: 8,
      config: {
        target: { kind: "gaussian", dimension: 1 },
        grid: { kind: "karras", steps: 8 },
        sampler: "exponential-integrator",
        seed: 8,
      },
    });
  });

  test("the quick size keeps what it does not override", () => {
    const quick = parseSweep(sweep, { quick: true });
    expect(quick.seeds).toEqual([1]);
    expect(quick.base).toEqual({ target: { kind: "gaussian", dimension: 2 }, grid: { kind: "benton", steps: 4 } });
    const { quick: _, ...without } = sweep;
    expect(() => parseSweep(without, { quick: true })).toThrow("sweep.quick is missing");
  });

  test.each([
    ["an unknown key", { seed: 1 }, "sweep.seed is not a known key"],
    ["an unknown kind", { kind: "train" }, "sweep.kind must be one of"],
    ["no axis", { axes: [] }, "sweep.axes must have one or two axes"],
    [
      "a fit of nothing",
      { fits: [{ x: "dimension", y: "loss" }] },
      'sweep.fits[0].y must be one of "certificate", got "loss"',
    ],
    [
      "a plot over nothing",
      { plots: [{ title: "t", x: "depth", y: ["certificate"], label: "l" }] },
      "sweep.plots[0].x must be one of",
    ],
    [
      "more points than a folder holds",
      { seeds: Array.from({ length: 100_001 }, (_, i) => i) },
      "sweep.axes and sweep.seeds must give at most 100000 points, got",
    ],
    ["an axis that sets nothing", { axes: [{ name: "n", label: "l", values: [1] }] }, "sweep.axes[0].path is missing"],
    [
      "a name used twice",
      { measures: [{ name: "dimension", label: "l", path: "p" }] },
      'sweep has two columns with the name "dimension"',
    ],
  ])("refuses %s", (_, change, message) => {
    expect(refusal(change)).toThrow(message);
  });
});

describe("paths", () => {
  test("are read and written without touching the original", () => {
    const value = { a: { b: [1, 2, 3] } };
    expect(valueAt(value, "a.b.-1")).toBe(3);
    expect(valueAt(value, "a.c.d")).toBeUndefined();
    expect(withValueAt(value, "a.c.d", 4)).toEqual({ a: { b: [1, 2, 3], c: { d: 4 } } });
    expect(value).toEqual({ a: { b: [1, 2, 3] } });
    expect(merged({ a: { b: 1, c: 2 } }, { a: { c: [3] }, d: 4 })).toEqual({ a: { b: 1, c: [3] }, d: 4 });
  });

  test("a point's hash is of its content, not of the order of keys", () => {
    expect(pointHash({ a: 1, b: { c: 2, d: [3] } })).toBe(pointHash({ b: { d: [3], c: 2 }, a: 1 }));
    expect(pointHash({ a: 1 })).not.toBe(pointHash({ a: 2 }));
  });
});
