import { describe, expect, it } from "vitest";
import { fitWords, formatSweep } from "../../../src/cli/sweep/table.js";
import { parseSweep } from "../../../src/experiment/sweep/config.js";
import type { SweepResult } from "../../../src/experiment/sweep/result.js";

const config = parseSweep({
  name: "steps",
  title: "Fewer steps, larger bounds",
  kind: "certificate",
  base: {},
  seeds: [1, 2, 3],
  axes: [{ name: "steps", label: "steps", path: "grid.steps", values: [8, 16] }],
  measures: [
    { name: "upper", label: "upper end, nats", path: "certificate.upper" },
    { name: "kl", label: "KL, nats", path: "trueKl" },
  ],
  fits: [{ x: "steps", y: "upper", expected: -1 }],
});

const row = (steps: number, seed: number, upper: number, kl: number | null) => ({
  at: { steps },
  seed,
  measures: { upper, kl },
});

const fit = {
  x: "steps",
  y: "upper",
  at: {},
  slope: -1.25,
  intercept: 0,
  low: -1.5,
  high: -1,
  confidence: 0.95,
  points: 6,
};

const result: SweepResult = {
  schemaVersion: 1,
  kind: "sweep",
  name: "steps",
  title: config.title,
  quick: false,
  environment: { version: "0.1.0", node: "20.19.0", variant: "simd", workers: 1, cpu: "Example CPU" },
  commit: null,
  date: "2026-01-01T00:00:00.000Z",
  seconds: 1,
  config,
  rows: [
    row(8, 1, 1, 0.5),
    row(8, 2, 2, 0.5),
    row(8, 3, 3, 0.5),
    row(16, 1, 7, null),
    row(16, 2, 7, null),
    row(16, 3, 7, null),
  ],
  fits: [{ ...fit, expected: -1 }],
};

describe("table of a sweep", () => {
  it("has mean and half width over the seeds in each cell, and a dash where nothing was measured", () => {
    const lines = formatSweep(result).split("\n");
    const cells = (start: string) => lines.find((line) => line.startsWith(start))?.split(/ {2,}/);
    expect(cells("steps")).toEqual(["steps", "upper", "kl"]);
    // Student's 97.5 % quantile of 2 degrees of freedom, 4.303, times 1 / sqrt(3).
    expect(cells("8")).toEqual(["8", "2 ±2.5", "0.5000"]);
    expect(cells("16")).toEqual(["16", "7", "-"]);
  });

  it("has the slopes with their intervals and what theory says", () => {
    expect(formatSweep(result)).toContain("upper ~ steps^-1.250 [-1.500, -1.000]  (theory: -1)\n");
    expect(fitWords({ ...fit, at: { law: "ring" }, low: null, high: null })).toBe("upper ~ steps^-1.250  (ring)");
  });
});
