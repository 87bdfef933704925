import { readdirSync, readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { parseSweep, readSweep } from "../../../src/experiment/sweep/config.js";
import { sweepResultSchema } from "../../../src/experiment/sweep/result.js";
import { fitsOf } from "../../../src/experiment/sweep/summary.js";
import { renderSweepSvg } from "../../../src/report/sweep/index.js";
import { seriesOf } from "../../../src/report/sweep/series.js";
import { committedResults, experimentsPage, figuresOf } from "../../../tools/experiments.mjs";

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const results = committedResults();
const shipped = readdirSync(at("experiments")).map((file) => file.replace(/\.json$/, ""));

interface Mark {
  readonly value: number;
  readonly height: number;
}

const least = (a: Mark, b: Mark) => (b.value < a.value ? b : a);
const most = (a: Mark, b: Mark) => (b.value > a.value ? b : a);

/** How far from the top of a picture a symbol stands. */
function heightOf(symbol: Element): number {
  const place = /translate\([-\d.]+,\s*([-\d.]+)\)/.exec(symbol.getAttribute("transform") ?? "")?.[1];
  return Number(place ?? symbol.getAttribute("cy"));
}

describe("committed experiments", () => {
  test("are those that ship", () => {
    expect(Object.keys(results).sort()).toEqual([...shipped].sort());
    expect(shipped).toHaveLength(11);
  });

  test.each(shipped)("%s: result, config, slopes and pictures belong together", (name) => {
    const result = sweepResultSchema.parse(results[name]);
    const config = readSweep(at(`experiments/${name}.json`).pathname).config;
    expect(result.config).toEqual(config);
    expect(result.quick).toBe(false);
    expect(fitsOf(config, result.rows)).toEqual(result.fits);
    for (const [file, content] of Object.entries(figuresOf(result, renderSweepSvg))) {
      expect(readFileSync(at(`docs/experiments/${file}`), "utf8"), `${file}: node tools/experiments.mjs --render`).toBe(
        content,
      );
    }
    expect(() =>
      parseSweep(JSON.parse(readFileSync(at(`experiments/${name}.json`), "utf8")), { quick: true }),
    ).not.toThrow();
  });

  test.each(shipped)("%s: the marks of its pictures stand where its numbers are", (name) => {
    const result = sweepResultSchema.parse(results[name]);
    Object.values(figuresOf(result, renderSweepSvg)).forEach((picture, index) => {
      const svg = parseHTML(picture).document;
      const { x, y, yScale, yMost = Number.POSITIVE_INFINITY } = result.config.plots[index];
      const series = seriesOf(result, result.config.plots[index]).map(({ points }) => points);
      const logarithmic = yScale === "log" && series.flat().every((point) => point.y > 0);
      // One group of dots for each line, then one for each entry of the legend.
      const groups = [...svg.querySelectorAll('[data-mark="dot"]')].slice(0, series.length);
      const drawn = groups.map((group) => [...group.querySelectorAll("path, circle")].map(heightOf));
      expect(
        drawn.map((heights) => heights.length),
        `${x}, ${y}`,
      ).toEqual(series.map((points) => points.length));
      const pairs = series.flatMap((points, k) =>
        points.map((point, i) => {
          const shown = Math.min(point.y, yMost);
          return { value: logarithmic ? Math.log(shown) : shown, height: drawn[k][i] };
        }),
      );
      const [low, high] = [pairs.reduce(least), pairs.reduce(most)];
      const unit = (high.height - low.height) / (high.value - low.value || 1);
      if (high.value > low.value) expect(unit).toBeLessThan(0);
      // Coordinates are rounded to hundredths.
      for (const { value, height } of pairs) {
        expect(Math.abs(height - low.height - unit * (value - low.value))).toBeLessThan(0.05);
      }
    });
  });

  test("docs/experiments.md is up to date (node tools/experiments.mjs --render)", () => {
    expect(readFileSync(at("docs/experiments.md"), "utf8")).toBe(experimentsPage(results));
  });
});
