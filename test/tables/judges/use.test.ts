import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../../src/kernels/index.js";
import type { Table } from "../../../src/tables/column.js";
import { areaUnderCurve, deviationOf, measuredArea } from "../../../src/tables/judges/auc.js";
import { detection } from "../../../src/tables/judges/detection.js";
import { efficacy } from "../../../src/tables/judges/efficacy.js";
import { fitEncoder } from "../../../src/tables/judges/encode-rows.js";
import { trainLogistic } from "../../../src/tables/judges/logistic-regression.js";
import type { Measured } from "../../../src/tables/judges/measured.js";
import { takeRows } from "../../../src/tables/table-rows.js";
import { simdEngine } from "../../support/engines.js";
import { golden, goldenTables } from "../../support/golden-tables.js";
import { categoryColumn, numberColumn, tableOf } from "../../support/tables.js";

const engine = await simdEngine();
const seed = 1;

function areaOf(positive: readonly number[], negative: readonly number[]) {
  const area = areaUnderCurve(
    Float64Array.of(...positive, ...negative),
    Uint8Array.of(...positive.map(() => 1), ...negative.map(() => 0)),
  );
  if (!area) throw new Error("no area");
  return area;
}

function intervalOf(score: Measured) {
  if (score.value === null || !score.interval) throw new Error("no interval");
  return score.interval;
}

/** x ~ N(shift, 1), y of two or three names whose chances depend on x, z of many names. */
function drawn(rows: number, stream: number, { shift = 0, slope = 3, names = 2 } = {}): Table {
  const random = new RandomStream(engine, { seed: stream, purpose: Purpose.embedder });
  const x = Array.from({ length: rows }, () => shift + random.normal());
  const noisy = (value: number) => slope * value + 2 * random.normal();
  const y = x.map((value) => `y${Math.min(names - 1, Math.max(0, Math.floor((noisy(value) + names) / 2)))}`);
  const z = x.map((_, row) => (row % 9 === 4 ? null : `z${random.integer(12)}`));
  return tableOf(numberColumn("x", x), categoryColumn("y", y), categoryColumn("z", z));
}

describe("the area under the ROC curve", () => {
  it("and DeLong's deviation are those of all pairs in NumPy, ties counted half", () => {
    const { positive, negative, value, deviation } = golden.auc;
    const area = areaOf(positive, negative);
    expect(area.value).toBeCloseTo(value, 14);
    expect(deviationOf(area.influence)).toBeCloseTo(deviation, 14);
  });

  it("is a probability that reverses with the scores, and has no interval where no pair is out of order", () => {
    const scores = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const area = areaOf(a, b);
        const pairs = a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
        expect(area.value).toBeCloseTo(pairs.reduce<number>((sum, pair) => sum + pair, 0) / pairs.length, 12);
        expect(areaOf(b, a).value).toBeCloseTo(1 - area.value, 12);
      }),
      { numRuns: 50, seed: 2 },
    );
    expect(measuredArea("area", areaOf([2, 3], [0, 1]), {})).toEqual({ value: 1, interval: null, details: {} });
    expect(areaUnderCurve(Float64Array.of(1, 2, 3), Uint8Array.of(1, 0, 0))).toBeUndefined();
  });
});

describe("logistic regression", () => {
  const { real } = goldenTables;
  const [a, b, c, d] = real.columns;
  const whole = Uint32Array.from(a.missing, (_, row) => row).filter((row) => !a.missing[row] && !d.missing[row]);
  const label = (cells: readonly number[]) => Uint32Array.from(whole, (row) => cells[row]);

  it("of two classes has the logits that Newton's method has in NumPy", () => {
    const rows = takeRows(tableOf(a, b, c), whole);
    const encoded = fitEncoder(rows)(rows);
    const scores = trainLogistic(engine, encoded, label(golden.real.d), 2)(encoded, 1);
    golden.logits.forEach((logit, row) => {
      expect(scores[row]).toBeCloseTo(logit, 4);
    });
  });

  it("of four classes has the probabilities that Newton's method has in NumPy", () => {
    const rows = takeRows(tableOf(a, b), whole);
    const encoded = fitEncoder(rows)(rows);
    const classify = trainLogistic(engine, encoded, label(golden.real.c), 4);
    for (let place = 0; place < 4; place++)
      classify(encoded, place).forEach((probability, row) => {
        expect(probability).toBeCloseTo(golden.softmax[row][place], 4);
      });
  });

  it("stays finite for cells that it has not learnt from", () => {
    const learnt = tableOf(
      numberColumn("x", [1, 1 + 1e-12, 1]),
      numberColumn("k", [5, 5, 5]),
      categoryColumn("y", ["a", "b", null]),
    );
    const encode = fitEncoder(learnt);
    const classify = trainLogistic(engine, encode(learnt), Uint32Array.of(0, 1, 0), 2);
    const far = tableOf(
      numberColumn("x", [1e308, null]),
      numberColumn("k", [-1e308, 0]),
      categoryColumn("y", ["c", null]),
    );
    expect(classify(encode(far), 1).every((score) => Number.isFinite(score))).toBe(true);
  });
});

describe("detection", () => {
  it("is a toss between samples of one law, and an area of a half is in its interval as often as it says", () => {
    let held = 0;
    const trials = 30;
    for (let trial = 0; trial < trials; trial++) {
      const { low, high } = intervalOf(
        detection(engine, drawn(80, 2 * trial), drawn(80, 2 * trial + 1), { seed: trial }),
      );
      if (low <= 0.5 && high >= 0.5) held++;
    }
    // Wholly dependent folds are the worst case: the interval errs to the side of width.
    expect(held).toBeGreaterThanOrEqual(0.95 * trials);
  });

  it("has the area of two shifted normal laws, Phi(shift / sqrt 2)", () => {
    const score = detection(
      engine,
      tableOf(drawn(1500, 1).columns[0]),
      tableOf(drawn(1500, 2, { shift: 1 }).columns[0]),
      { seed },
    );
    const { low, high } = intervalOf(score);
    expect(low).toBeLessThan(0.7602);
    expect(high).toBeGreaterThan(0.7602);
    expect(high - low).toBeLessThan(0.07);
  });

  it("sees categories, gaps and lists in another order", () => {
    const [same, moved] = [
      ["a", "b"],
      ["b", "a"],
    ];
    const cells = Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? "a" : "b"));
    const [x, y] = [categoryColumn("c", cells, same), categoryColumn("c", cells, moved)];
    expect(detection(engine, tableOf(x), tableOf(y), { seed })).toMatchObject({ value: 0.5 });
    const gaps = categoryColumn(
      "c",
      cells.map((cell) => (cell === "a" ? null : cell)),
    );
    expect(detection(engine, tableOf(x), tableOf(gaps), { seed }).value).toBeGreaterThan(0.6);
    const other = categoryColumn(
      "c",
      cells.map((cell) => `${cell}'`),
    );
    expect(detection(engine, tableOf(x), tableOf(other), { seed })).toMatchObject({ value: 1, interval: null });
  });

  it("needs two rows of each table in each fold", () => {
    expect(detection(engine, drawn(5, 1), drawn(50, 2), { seed })).toEqual({
      value: null,
      reason: "the real table has fewer than 6 rows, two for each fold",
    });
  });
});

describe("efficacy", () => {
  const train = drawn(800, 11);
  const test = drawn(600, 12);
  const tables = { train, synthetic: drawn(800, 13), test };

  it("of rows of the same law is that of real rows, and the interval of the difference is narrower than those of both", () => {
    const { real, synthetic, difference } = efficacy(engine, tables, { column: "y", seed });
    expect(real.value).toBeGreaterThan(0.85);
    expect(difference.value).toBeCloseTo((synthetic.value ?? 0) - (real.value ?? 0), 12);
    const { low, high } = intervalOf(difference);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(high - low).toBeLessThan((intervalOf(real).high - intervalOf(real).low) / 2);
  });

  it("of rows whose column says nothing is by chance, and of reversed ones below it", () => {
    const nothing = efficacy(engine, { ...tables, synthetic: drawn(800, 14, { slope: 0 }) }, { column: "y", seed });
    expect(nothing.difference.value).toBeLessThan(-0.2);
    const reversed = efficacy(engine, { ...tables, synthetic: drawn(800, 14, { slope: -3 }) }, { column: "y", seed });
    expect(reversed.synthetic.value).toBeLessThan(0.2);
  });

  it("counts a class that the synthetic rows do not have as told by chance", () => {
    const three = { train: drawn(600, 21, { names: 3 }), test: drawn(600, 22, { names: 3 }) };
    const keep = three.train.columns[1];
    const rows = Uint32Array.from(keep.missing, (_, row) => row).filter(
      (row) => keep.kind === "category" && keep.categories[keep.codes[row]] !== "y2",
    );
    const synthetic = takeRows(three.train, rows);
    const score = efficacy(engine, { ...three, synthetic }, { column: "y", seed });
    expect(score.real).toMatchObject({ details: { classes: 3, areas: 3 } });
    expect(score.synthetic).toMatchObject({ details: { classes: 3, areas: 3 } });
    expect(score.difference.value).toBeLessThan(-0.1);
  });

  it("says why there is none", () => {
    const single = tableOf(train.columns[0], categoryColumn("y", new Array(800).fill("y0")), train.columns[2]);
    const { synthetic, difference, real } = efficacy(engine, { ...tables, synthetic: single }, { column: "y", seed });
    expect(synthetic).toEqual({ value: null, reason: "the rows to train on have fewer than two classes" });
    expect(difference).toEqual({
      value: null,
      reason: "trained on synthetic rows: the rows to train on have fewer than two classes",
    });
    expect(real.value).not.toBeNull();
    const gaps = tableOf(numberColumn("x", [1]), categoryColumn("y", [null]), categoryColumn("z", ["z1"]));
    expect(efficacy(engine, { ...tables, test: gaps }, { column: "y", seed }).real).toEqual({
      value: null,
      reason: "no class has two of the test rows while two are of others",
    });
    expect(() => efficacy(engine, tables, { column: "x", seed })).toThrow(
      'column must be the name of one category column, got "x"',
    );
  });
});
