import { describe, expect, it } from "vitest";
import { coverageCells } from "../../../src/report/plots/coverage-rounds.js";
import { runningMean, wholeTicks } from "../../../src/report/plots/loss.js";
import { domainOf } from "../../../src/report/plots/plot.js";
import { histogramDensity } from "../../../src/report/plots/sample-histogram.js";
import { squareAround, visiblePoints } from "../../../src/report/plots/scatter.js";
import { reportRounds } from "../../support/report-input.js";

describe("what pictures are drawn from", () => {
  it("running mean keeps constants, is centred, and shortens at the ends", () => {
    expect(runningMean([2, 2, 2], 3)).toEqual([2, 2, 2]);
    expect(runningMean([0, 3, 6, 9], 3)).toEqual([1.5, 3, 6, 7.5]);
    expect(runningMean([5, 1], 1)).toEqual([5, 1]);
  });

  it("coverage cells tile the rounds, keep the least minimum and the mean of the means", () => {
    const rounds = reportRounds(500).map(({ coverage }) => coverage);
    const cells = coverageCells(rounds, ["a", "b", "c"]).filter(({ layer }) => layer === "b");
    expect(cells.length).toBe(96);
    expect(cells[0].first).toBe(1);
    expect(cells[95].last).toBe(500);
    for (let i = 1; i < cells.length; i++) expect(cells[i].first).toBe(cells[i - 1].last + 1);
    for (const { first, last, mean, min } of cells) {
      const joined = rounds.slice(first - 1, last).map((round) => round[1]);
      expect(min).toBe(Math.min(...joined.map((round) => round.min)));
      expect(mean).toBeCloseTo(joined.reduce((sum, round) => sum + round.mean, 0) / joined.length, 12);
    }
    const few = coverageCells(rounds.slice(0, 4), ["a", "b", "c"]);
    expect(few).toHaveLength(12);
    expect(few[4]).toEqual({ layer: "b", first: 2, last: 2, ...rounds[1][1] });
  });

  it("ticks are whole, few, start at 1 and end in the range", () => {
    for (const last of [1, 2, 3, 7, 12, 99, 240, 500, 12345]) {
      const ticks = wholeTicks(last);
      expect(ticks[0]).toBe(1);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.length).toBeLessThanOrEqual(8);
      expect(Math.max(...ticks)).toBeLessThanOrEqual(last);
      expect(new Set(ticks).size).toBe(ticks.length);
    }
  });

  it("axes never shrink to a point", () => {
    expect(domainOf([3, 3])).toEqual([2.85, 3.15]);
    expect(domainOf([0])).toEqual([-1, 1]);
    expect(domainOf([])).toEqual([0, 1]);
    expect(domainOf([0, 10])).toEqual([-0.5, 10.5]);
  });

  it("histograms integrate to the share of values in range", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => i / 500);
    const density = histogramDensity(values, 0, 1);
    expect(density.reduce((sum, value) => sum + value / density.length, 0)).toBeCloseTo(0.5, 12);
  });

  it("frames are square and hold the data", () => {
    const points = Float32Array.of(0, 5, 10, 6, 4, 7);
    const axes = squareAround(points, 2);
    expect(axes.x[1] - axes.x[0]).toBeCloseTo(axes.y[1] - axes.y[0], 12);
    expect(visiblePoints({ points, dimension: 2, color: "" }, axes)).toMatchObject({ drawn: 3, outside: 0 });
    expect(visiblePoints({ points: Float32Array.of(100, 5), dimension: 2, color: "" }, axes).outside).toBe(1);
  });
});
