import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../../src/kernels/index.js";
import type { Table } from "../../../src/tables/column.js";
import type { Measured } from "../../../src/tables/judges/measured.js";
import { judgePrivacy, privacyMeasures } from "../../../src/tables/judges/privacy.js";
import { nearestRows, RowSpace } from "../../../src/tables/judges/row-space.js";
import { stackTables } from "../../../src/tables/table-rows.js";
import { simdEngine } from "../../support/engines.js";
import { golden, goldenTables } from "../../support/golden-tables.js";
import { categoryColumn, numberColumn, tableOf } from "../../support/tables.js";

const engine = await simdEngine();
const seed = 1;

function drawn(rows: number, stream: number): Table {
  const random = new RandomStream(engine, { seed: stream, purpose: Purpose.embedder });
  const x = Array.from({ length: rows }, () => random.normal());
  return tableOf(
    numberColumn("x", x),
    numberColumn(
      "y",
      x.map((value) => (random.uniform() < 0.1 ? null : value + random.normal())),
    ),
    categoryColumn(
      "z",
      x.map((value) => (value > 1 ? "a" : random.uniform() < 0.2 ? null : "b")),
    ),
  );
}

/** A little noise on the numbers of a table. */
function jittered(table: Table, stream: number): Table {
  const random = new RandomStream(engine, { seed: stream, purpose: Purpose.embedder });
  const columns = table.columns.map((column) =>
    column.kind === "number"
      ? {
          ...column,
          values: column.values.map((value, row) => (column.missing[row] ? 0 : value + 0.01 * random.normal())),
        }
      : column,
  );
  return { ...table, columns };
}

function intervalOf(score: Measured) {
  if (score.value === null || !score.interval) throw new Error("no interval");
  return score.interval;
}

describe("distances of rows", () => {
  it("to the nearest and the second nearest are those of all pairs in NumPy", () => {
    const { real, synthetic } = goldenTables;
    const space = new RowSpace(real);
    const { first, second } = nearestRows(space.place(synthetic), space.place(real));
    golden.nearest.first.forEach((distance, row) => {
      expect(first[row]).toBeCloseTo(distance, 12);
      expect(second[row]).toBeCloseTo(golden.nearest.second[row], 12);
    });
  });

  it("are never NaN: constant columns, gaps and numbers beyond float64 in deviations", () => {
    const train = tableOf(
      numberColumn("x", [7, 7, null]),
      numberColumn("y", [0, 5e-324, 0]),
      categoryColumn("z", ["a", "b", "a"]),
    );
    const space = new RowSpace(train);
    const rows = space.place(
      tableOf(
        numberColumn("x", [7, 8, null]),
        numberColumn("y", [0, 1e308, null]),
        categoryColumn("z", ["a", "c", "a"]),
      ),
    );
    const { first, second } = nearestRows(rows, space.place(train));
    expect([...first]).toEqual([0, Number.POSITIVE_INFINITY, 1 / 3]);
    expect([...second].every((distance) => distance >= 0)).toBe(true);
  });
});

describe("privacy", () => {
  const [train, heldOut] = [drawn(300, 1), drawn(250, 2)];

  it("of fresh rows of the same law is that of rows that were not seen", () => {
    const scores = judgePrivacy(engine, { train, heldOut, synthetic: drawn(300, 3) }, { seed });
    for (const name of ["closestRecordShare", "membershipInference"] as const) {
      expect(privacyMeasures[name].ideal).toBe(0.5);
      const { low, high } = intervalOf(scores[name]);
      expect(low).toBeLessThan(0.5);
      expect(high).toBeGreaterThan(0.5);
    }
    const { low, high } = intervalOf(scores.nearestNeighbourRatio);
    expect(scores.nearestNeighbourRatio).toMatchObject({ details: { compared: 250 } });
    if (scores.nearestNeighbourRatio.value === null) throw new Error("no ratio");
    expect(scores.nearestNeighbourRatio.details.heldOut).toBeGreaterThan(low - 0.05);
    expect(scores.nearestNeighbourRatio.details.heldOut).toBeLessThan(high + 0.05);
    expect(scores.exactCopies).toMatchObject({ value: 0, details: { copies: 0, heldOutCopies: 0 } });
  });

  it("compares with as many training rows as there are held-out ones", () => {
    const scores = judgePrivacy(engine, { train, heldOut: drawn(40, 5), synthetic: drawn(300, 3) }, { seed });
    expect(scores.closestRecordShare).toMatchObject({ details: { compared: 40 } });
    expect(Math.abs((scores.closestRecordShare.value ?? 0) - 0.5)).toBeLessThan(0.15);
  });

  it("of copies and of rows beside training rows is betrayed by every measure", () => {
    const copied = judgePrivacy(engine, { train, heldOut, synthetic: train }, { seed });
    expect(copied.exactCopies).toMatchObject({ value: 1, details: { copies: 300 } });
    const close = judgePrivacy(engine, { train, heldOut, synthetic: jittered(train, 4) }, { seed });
    expect(close.exactCopies.value).toBeLessThan(0.2);
    for (const scores of [copied, close]) {
      expect(intervalOf(scores.closestRecordShare).low).toBeGreaterThan(0.7);
      expect(scores.membershipInference.value).toBeGreaterThan(0.9);
      expect(scores.nearestNeighbourRatio.value).toBeLessThan(0.4);
    }
  });

  it("counts copies of any cells, gaps included, and ties as half", () => {
    const some = tableOf(numberColumn("x", [1, null, -0]), categoryColumn("z", ["1", null, "é"]));
    const other = tableOf(numberColumn("x", [1, 3, null]), categoryColumn("z", ["1", "a", null], ["a", "1"]));
    const synthetic = tableOf(numberColumn("x", [1, null, 0]), categoryColumn("z", ["1", null, "é"]));
    const scores = judgePrivacy(engine, { train: some, heldOut: other, synthetic }, { seed });
    expect(scores.exactCopies).toMatchObject({ value: 1, details: { copies: 3, heldOutCopies: 2 } });
    expect(scores.closestRecordShare).toMatchObject({ value: 2 / 3, details: { closer: 1, ties: 2 } });
  });

  it("takes a seeded subsample of larger tables, and says of few rows what it can", () => {
    const many = stackTables(stackTables(drawn(2600, 5), drawn(2600, 6)), drawn(1, 7));
    const one = drawn(1, 8);
    const scores = judgePrivacy(engine, { train: many, heldOut: one, synthetic: one }, { seed });
    expect(scores.closestRecordShare).toMatchObject({ value: 0, details: { compared: 1 } });
    expect(scores.membershipInference).toEqual({
      value: null,
      reason: "there are fewer than two training rows or fewer than two held-out rows",
    });
    expect(scores.nearestNeighbourRatio).toMatchObject({ value: null });
    expect(() =>
      judgePrivacy(engine, { train, heldOut, synthetic: { rows: 0, columns: train.columns } }, { seed }),
    ).toThrow("must have 0 entries");
  });

  it("has values in the ranges that are said", () => {
    const scores = judgePrivacy(engine, { train, heldOut, synthetic: drawn(40, 9) }, { seed });
    for (const measure of Object.values(privacyMeasures)) {
      const score = scores[measure.name];
      expect(score.value).toBeGreaterThanOrEqual(measure.range[0]);
      expect(score.value).toBeLessThanOrEqual(measure.range[1]);
    }
  });
});
