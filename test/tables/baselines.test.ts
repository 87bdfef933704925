import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../src/kernels/index.js";
import { baselines } from "../../src/tables/baselines/index.js";
import { normalQuantile } from "../../src/tables/baselines/normal-quantile.js";
import type { Measured } from "../../src/tables/judges/measured.js";
import { qualityReport } from "../../src/tables/judges/quality-report.js";
import { splitTable } from "../../src/tables/table-rows.js";
import { simdEngine } from "../support/engines.js";
import { categoryColumn, numberColumn, rowOf, tableOf } from "../support/tables.js";

const engine = await simdEngine();
const random = new RandomStream(engine, { seed: 3, purpose: Purpose.embedder });
const x = Array.from({ length: 400 }, () => random.normal());
const table = tableOf(
  numberColumn("x", x),
  numberColumn(
    "y",
    x.map((value) => (value < -1 ? null : 0.8 * value + 0.6 * random.normal())),
  ),
  categoryColumn(
    "z",
    x.map((value) => (value > 0.5 ? "high" : "low")),
    ["low", "high", "unused"],
  ),
  numberColumn(
    "constant",
    x.map(() => 4),
  ),
  categoryColumn(
    "same as z",
    x.map((value) => (value > 0.5 ? "1" : "0")),
    ["0", "1"],
  ),
);

describe.each(Object.values(baselines))("$name", (baseline) => {
  it("draws cells that occur, with their frequencies, from the seed alone", () => {
    const rows = 3000;
    const drawn = baseline.generate(engine, table, { rows, seed: 5 });
    expect(drawn.rows).toBe(rows);
    const seen = table.columns.map(
      (_, index) => new Set(Array.from({ length: table.rows }, (_row, row) => rowOf(table, row)[index])),
    );
    const cells = Array.from({ length: rows }, (_, row) => rowOf(drawn, row));
    expect(cells.every((row) => row.every((cell, index) => seen[index].has(cell)))).toBe(true);
    // The distance of 3000 draws from the 400 cells exceeds 0.035 with a probability of about 0.001 (Kolmogorov).
    for (const { score } of qualityReport(table, drawn).shapes) expect(score.value).toBeGreaterThan(0.965);
    expect(baseline.generate(engine, table, { rows, seed: 5 })).toEqual(drawn);
    expect(baseline.generate(engine, table, { rows, seed: 6 })).not.toEqual(drawn);
    expect(baseline.generate(engine, table, { rows: 0, seed: 5 }).columns[0].missing).toHaveLength(0);
  });

  it("takes one row, and columns without a value", () => {
    const single = tableOf(numberColumn("x", [null]), categoryColumn("y", ["a"]));
    expect(rowOf(baseline.generate(engine, single, { rows: 3, seed: 1 }), 2)).toEqual([null, "a"]);
    expect(() => baseline.generate(engine, tableOf(numberColumn("x", [])), { rows: 3, seed: 1 })).toThrow(
      "table.rows must be an integer >= 1, got 0",
    );
  });
});

describe("relations", () => {
  const trendsOf = (name: keyof typeof baselines) => {
    const { trends } = qualityReport(table, baselines[name].generate(engine, table, { rows: 3000, seed: 8 }));
    return new Map(trends.map(({ columns, score }) => [columns.join(), score]));
  };
  const [kept, lost] = [trendsOf("gaussianCopula"), trendsOf("independentColumns")];
  const correlations = (score: Measured | undefined) => {
    if (!score || score.value === null) throw new Error("no correlation");
    return score.details;
  };

  it("of numbers are kept by the copula and lost by independent columns", () => {
    const { real, synthetic } = correlations(kept.get("x,y"));
    // 3 / sqrt(3000) is 0.055; the gaps of y, which are its lowest ranks, bend the law of the rest.
    expect(Math.abs(synthetic - real)).toBeLessThan(0.12);
    expect(Math.abs(correlations(lost.get("x,y")).synthetic)).toBeLessThan(0.055);
  });

  it("of columns that say the same are kept by the copula, whose correlations then have no inverse", () => {
    expect(kept.get("z,same as z")?.value).toBeGreaterThan(0.97);
    expect(lost.get("z,same as z")?.value).toBeLessThan(0.8);
  });
});

describe("the normal quantile", () => {
  it("is that of statistics.NormalDist().inv_cdf in Python 3.11, in the middle, in the tails and far out", () => {
    const known = [
      [0.3, -0.5244005127080407],
      [0.999, 3.090232306167813],
      [0.01, -2.3263478740408408],
      [1e-20, -9.262340089798405],
      [0.5, 0],
    ];
    for (const [probability, quantile] of known) expect(normalQuantile(engine, probability)).toBeCloseTo(quantile, 13);
  });
});

describe("a split table", () => {
  it("has each row once, in whole rows", () => {
    const { train, heldOut } = splitTable(engine, table, { heldOut: 0.25, seed: 2 });
    expect([train.rows, heldOut.rows]).toEqual([300, 100]);
    const rows = [train, heldOut].flatMap((part) =>
      Array.from({ length: part.rows }, (_, row) => JSON.stringify(rowOf(part, row))),
    );
    expect(rows.sort()).toEqual(
      Array.from({ length: table.rows }, (_, row) => JSON.stringify(rowOf(table, row))).sort(),
    );
    expect(() => splitTable(engine, tableOf(numberColumn("x", [1])), { heldOut: 0.5, seed: 1 })).toThrow(
      "at least 2 rows",
    );
  });
});
