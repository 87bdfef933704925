import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../../src/kernels/index.js";
import type { Column } from "../../../src/tables/column.js";
import { columnMeasures, pairMeasures } from "../../../src/tables/judges/index.js";
import type { Measured } from "../../../src/tables/judges/measured.js";
import { newRowSynthesis } from "../../../src/tables/judges/new-row-synthesis.js";
import { qualityReport } from "../../../src/tables/judges/quality-report.js";
import { simdEngine } from "../../support/engines.js";
import { golden, goldenTables } from "../../support/golden-tables.js";
import { categoryColumn, numberColumn, rowOf, tableOf } from "../../support/tables.js";

const engine = await simdEngine();
const { KSComplement, TVComplement, RangeCoverage, CategoryCoverage, BoundaryAdherence, CategoryAdherence } =
  columnMeasures;
const { CorrelationSimilarity, ContingencySimilarity } = pairMeasures;
const { real, synthetic } = goldenTables;

/** Scores of all measures for columns of either kind, whichever apply. */
function scoresOf(a: Column, b: Column): Measured[] {
  if (a.kind === "number" && b.kind === "number")
    return [KSComplement, RangeCoverage, BoundaryAdherence].map((measure) => measure.evaluate(a, b));
  if (a.kind === "category" && b.kind === "category")
    return [TVComplement, CategoryCoverage, CategoryAdherence].map((measure) => measure.evaluate(a, b));
  return [];
}

const reasonOf = (score: Measured) => (score.value === null ? score.reason : "");

function expectLegal(score: Measured): void {
  if (score.value === null) {
    expect(score.reason).not.toBe("");
    return;
  }
  expect(score.value).toBeGreaterThanOrEqual(0);
  expect(score.value).toBeLessThanOrEqual(1);
  if (!score.interval) return;
  expect(score.interval.low).toBeGreaterThanOrEqual(0);
  expect(score.interval.low).toBeLessThanOrEqual(score.value);
  expect(score.interval.high).toBeGreaterThanOrEqual(score.value);
  expect(score.interval.high).toBeLessThanOrEqual(1);
}

describe("a quality report", () => {
  const report = qualityReport(real, synthetic);

  it("has the scores of a plain implementation in NumPy", () => {
    const { KSComplement: ks, TVComplement: tv, ContingencySimilarity: contingency } = golden;
    expect(report.shapes.map(({ column, measure }) => `${column} ${measure}`)).toEqual([
      "a KSComplement",
      "b KSComplement",
      "c TVComplement",
      "d TVComplement",
    ]);
    const close = (score: Measured, expected: number) => expect(score.value).toBeCloseTo(expected, 12);
    [...ks, ...tv].forEach((expected, index) => {
      close(report.shapes[index].score, expected);
    });
    const trends = [
      golden.CorrelationSimilarity,
      contingency.ac,
      contingency.ad,
      contingency.bc,
      contingency.bd,
      contingency.cd,
    ];
    expect(report.trends.map(({ columns }) => columns.join(""))).toEqual(["ab", "ac", "ad", "bc", "bd", "cd"]);
    trends.forEach((expected, index) => {
      close(report.trends[index].score, expected);
    });
    const [realCorrelation, syntheticCorrelation] = golden.correlations;
    expect(report.trends[0].score).toMatchObject({
      details: {
        real: expect.closeTo(realCorrelation, 12),
        synthetic: expect.closeTo(syntheticCorrelation, 12),
      },
    });
    close(report.columnShapes, golden.columnShapes);
    close(report.columnPairTrends, golden.columnPairTrends);
    close(report.overall, golden.overall);
  });

  it("gives a table beside itself the best score, whatever the order of rows and of categories", () => {
    const order = Array.from({ length: real.rows }, (_, row) => (row * 7) % real.rows);
    const cells = order.map((row) => rowOf(real, row));
    const moved = tableOf(
      ...real.columns.map((column, index) =>
        column.kind === "number"
          ? numberColumn(
              column.name,
              cells.map((row) => row[index] as number | null),
            )
          : categoryColumn(
              column.name,
              cells.map((row) => row[index] as string | null),
              [...column.categories].reverse(),
            ),
      ),
    );
    expect(qualityReport(real, moved).overall.value).toBeCloseTo(1, 12);
  });

  it("leaves out of its means what has no score, and says why", () => {
    const constant = tableOf(
      numberColumn("x", [1, 1, 1]),
      numberColumn("y", [1, 2, 3]),
      categoryColumn("z", [null, null, null]),
    );
    const scores = qualityReport(constant, constant);
    expect(reasonOf(scores.shapes[2].score)).toBe("the real column has no values");
    expect(reasonOf(scores.trends[0].score)).toMatch(/no correlation: .* a column is constant/);
    expect(scores.columnShapes).toEqual({ value: 1, interval: null, details: { averaged: 2, leftOut: 1 } });
    expect(scores.columnPairTrends).toEqual({ value: 1, interval: null, details: { averaged: 2, leftOut: 1 } });
    const single = qualityReport(tableOf(constant.columns[1]), tableOf(constant.columns[1]));
    expect(reasonOf(single.columnPairTrends)).toBe("no pair of columns has a score");
    expect(single.overall).toMatchObject({ value: 1 });
    expect(reasonOf(qualityReport(tableOf(constant.columns[2]), tableOf(constant.columns[2])).overall)).toBe(
      "no property has a score",
    );
  });

  it("refuses tables of other columns, by their names", () => {
    const other = tableOf(...synthetic.columns.slice(0, 3), numberColumn("d", new Array(synthetic.rows).fill(1)));
    expect(() => qualityReport(real, other)).toThrow(
      'synthetic.columns[3] must be the category column "d", as in real',
    );
    expect(() => qualityReport(real, tableOf(...synthetic.columns.slice(1)))).toThrow(
      "synthetic.columns must have 4 entries",
    );
  });
});

describe("measures of one column", () => {
  it("have the numbers of a plain implementation in NumPy", () => {
    const scores = [0, 1].map((index) => scoresOf(real.columns[index], synthetic.columns[index]));
    expect(scores[0][1].value).toBeCloseTo(golden.RangeCoverage, 12);
    expect(scores.map(([, , adherence]) => adherence.value)).toEqual(
      golden.BoundaryAdherence.map((share) => expect.closeTo(share, 12)),
    );
  });

  it("count gaps as the documents say", () => {
    const [gappy, whole] = [numberColumn("x", [0, 1, null]), numberColumn("x", [0, 1])];
    const drawn = numberColumn("x", [0.5, 2, null, null]);
    expect(BoundaryAdherence.evaluate(gappy, drawn)).toMatchObject({ value: 1 / 2, details: { rows: 2 } });
    expect(BoundaryAdherence.evaluate(whole, drawn)).toMatchObject({ value: 1 / 4, details: { rows: 4 } });
    const [holed, filled] = [categoryColumn("x", ["a", null]), categoryColumn("x", ["a", "b"])];
    const cells = categoryColumn("x", [null, "a", "c", null]);
    expect(CategoryAdherence.evaluate(holed, cells)).toMatchObject({ value: 3 / 4 });
    expect(CategoryAdherence.evaluate(filled, cells)).toMatchObject({ value: 1 / 4 });
    expect(CategoryCoverage.evaluate(filled, cells)).toMatchObject({ value: 1 / 2 });
    expect(TVComplement.evaluate(holed, cells)).toMatchObject({ value: 1 / 2 });
    expect(ContingencySimilarity.evaluate([holed, holed], [holed, holed])).toMatchObject({ value: 1 });
    expect(ContingencySimilarity.evaluate([holed, holed], [filled, filled])).toMatchObject({ value: 1 / 2 });
  });

  it("say why a column has no score", () => {
    const [none, constant, some] = [
      numberColumn("x", [null, null]),
      numberColumn("x", [3, 3]),
      numberColumn("x", [1, 2]),
    ];
    expect(scoresOf(none, some).map(reasonOf)).toEqual([
      "the real column has no values",
      "the real column has no values",
      "the real column has no values, so it has no bounds",
    ]);
    expect(scoresOf(some, none).map((score) => reasonOf(score))).toEqual([
      "the synthetic column has no values",
      "the synthetic column has no values",
      "",
    ]);
    expect(reasonOf(RangeCoverage.evaluate(constant, some))).toBe(
      "the real column is constant, so it has no range to cover",
    );
    expect(KSComplement.evaluate(constant, constant)).toMatchObject({ value: 1 });
    expect(TVComplement.evaluate(categoryColumn("x", ["a", "a"]), categoryColumn("x", ["a"]))).toEqual({
      value: 1,
      interval: { low: 1, high: 1 },
      details: { realRows: 2, syntheticRows: 1, categories: 1 },
    });
  });

  it("sort numbers at both ends of float64", () => {
    const wide = numberColumn("x", [-1.7e308, 0, 1.7e308]);
    expect(scoresOf(wide, wide).map(({ value }) => value)).toEqual([1, 1, 1]);
    expect(RangeCoverage.evaluate(wide, numberColumn("x", [0, 1.7e308])).value).toBe(0.5);
    expect(CorrelationSimilarity.evaluate([wide, wide], [wide, wide]).value).toBe(1);
    const marked = categoryColumn("y", ["a", "b", "c"]);
    expect(ContingencySimilarity.evaluate([wide, marked], [wide, marked]).value).toBe(1);
    const zeros = [numberColumn("x", [0, -0]), numberColumn("x", [-0, 0])] as const;
    expect(scoresOf(...zeros)[0].value).toBe(1);
  });

  it("stay in [0, 1] with their intervals around them, for any cells", () => {
    const numbers = fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), { maxLength: 6 });
    const names = fc.array(fc.option(fc.constantFrom("a", "b", "c")), { maxLength: 6 });
    const columns = fc.tuple(numbers, numbers, names, names);
    fc.assert(
      fc.property(columns, ([a, b, c, d]) => {
        scoresOf(numberColumn("x", a), numberColumn("x", b)).forEach(expectLegal);
        scoresOf(categoryColumn("x", c), categoryColumn("x", d)).forEach(expectLegal);
        const shorter = (cells: readonly unknown[], other: readonly unknown[]) => Math.min(cells.length, other.length);
        const [rows, otherRows] = [shorter(a, c), shorter(b, d)];
        const pair = (x: typeof a, y: typeof c, count: number) =>
          [numberColumn("x", x.slice(0, count)), categoryColumn("y", y.slice(0, count))] as const;
        expectLegal(ContingencySimilarity.evaluate(pair(a, c, rows), pair(b, d, otherRows)));
        const [x, y] = [numberColumn("x", a), numberColumn("y", [...a].reverse())];
        const [u, v] = [numberColumn("x", b), numberColumn("y", [...b].reverse())];
        expectLegal(CorrelationSimilarity.evaluate([x, y], [u, v]));
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe("intervals", () => {
  it("of correlations, shapes and shares hold the truth about as often as they say", () => {
    const random = new RandomStream(engine, { seed: 5, purpose: Purpose.embedder });
    const drawn = (rows: number, correlation: number) => {
      const x = Array.from({ length: rows }, () => random.normal());
      const y = x.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal());
      return [numberColumn("x", x), numberColumn("y", y)] as const;
    };
    const sign = (column: readonly number[]) =>
      categoryColumn(
        "s",
        column.map((value) => (value > 0 ? "+" : "-")),
      );
    let [correlations, shapes, shares] = [0, 0, 0];
    const trials = 120;
    const holds = ({ value, ...score }: Measured, truth: number) => {
      if (value === null || !("interval" in score) || !score.interval) throw new Error("no interval");
      return score.interval.low <= truth && truth <= score.interval.high ? 1 : 0;
    };
    for (let trial = 0; trial < trials; trial++) {
      const [a, b] = [drawn(150, 0.5), drawn(120, -0.3)];
      correlations += holds(CorrelationSimilarity.evaluate(a, b), 1 - 0.8 / 2);
      shapes += holds(KSComplement.evaluate(a[0], b[0]), 1);
      shares += holds(TVComplement.evaluate(sign([...a[0].values]), sign([...b[0].values])), 1);
    }
    // Of 120, 6 are missed on average, and 16 with a probability of 3e-4. The other two hold for any number of rows.
    expect(correlations).toBeGreaterThan(trials - 16);
    expect(correlations).toBeLessThan(trials);
    expect(shapes).toBeGreaterThanOrEqual(0.95 * trials);
    expect(shares).toBeGreaterThanOrEqual(0.95 * trials);
  });
});

describe("new rows", () => {
  const seed = 1;
  const known = tableOf(numberColumn("x", [100, 200, null, 0]), categoryColumn("y", ["a", "b", "a", null]));

  it("are those that match no real row within 1 % of their numbers, with equal categories and gaps", () => {
    const rows = tableOf(
      numberColumn("x", [99.02, 99, 200, null, null, 0, 1e-9]),
      categoryColumn("y", ["a", "a", "a", "a", "b", null, null]),
    );
    expect(newRowSynthesis(engine, known, rows, { seed })).toMatchObject({
      value: 4 / 7,
      details: { rows: 7, matched: 3 },
    });
    expect(newRowSynthesis(engine, known, known, { seed }).value).toBe(0);
    const nothing = tableOf(numberColumn("x", []), categoryColumn("y", []));
    expect(newRowSynthesis(engine, nothing, rows, { seed }).value).toBe(1);
    expect(reasonOf(newRowSynthesis(engine, known, nothing, { seed }))).toBe("the synthetic table has no rows");
  });
});
