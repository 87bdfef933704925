import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseSweep, readSweep } from "../../../src/experiment/sweep/config.js";
import { sweepResultSchema } from "../../../src/experiment/sweep/result.js";
import { fitsOf } from "../../../src/experiment/sweep/summary.js";
import { renderSweepSvg } from "../../../src/report/sweep/index.js";
import { committedResults, experimentsPage, figuresOf } from "../../../tools/experiments.mjs";

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const results = committedResults();
const shipped = readdirSync(at("experiments")).map((file) => file.replace(/\.json$/, ""));

describe("committed experiments", () => {
  test("are the six that ship", () => {
    expect(Object.keys(results).sort()).toEqual([...shipped].sort());
    expect(shipped).toHaveLength(6);
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

  test("docs/experiments.md is up to date (node tools/experiments.mjs --render)", () => {
    expect(readFileSync(at("docs/experiments.md"), "utf8")).toBe(experimentsPage(results));
  });
});
