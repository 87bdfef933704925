import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../../src/kernels/index.js";
import type { Table } from "../../../src/tables/column.js";
import { type EfficacyOptions, efficacy, featuresFor } from "../../../src/tables/judges/efficacy.js";
import { simdEngine } from "../../support/engines.js";
import { categoryColumn, numberColumn, tableOf } from "../../support/tables.js";

const engine = await simdEngine();
const seed = 1;

/** Losses that are mostly 0 and sometimes missing, their double, a class by their size, and a feature that has something to do with them. */
function drawn(rows: number, stream: number): Table {
  const random = new RandomStream(engine, { seed: stream, purpose: Purpose.embedder });
  const x = Array.from({ length: rows }, () => random.normal());
  const loss = x.map((value) =>
    random.integer(9) === 0 ? null : Math.max(0, Math.round(5 * value + 3 * random.normal())),
  );
  const known = loss.map((value) => value ?? random.integer(3));
  return tableOf(
    numberColumn("x", x),
    numberColumn("loss", loss),
    numberColumn(
      "double",
      known.map((value) => 2 * value),
    ),
    categoryColumn(
      "class",
      loss.map((value) => (value === null ? null : value > 0 ? "some" : "none")),
    ),
  );
}

const [train, synthetic, test] = [drawn(400, 1), drawn(400, 2), drawn(300, 3)];
const told = (options: Omit<EfficacyOptions, "seed">) =>
  efficacy(engine, { train, synthetic, test }, { ...options, seed });
const isLoss = { column: "loss", operator: ">", value: 0 } as const;

describe("foretelling whether a condition holds", () => {
  it("is foretelling the class that says so, from the same columns", () => {
    const from = ["x"];
    expect(told({ condition: isLoss, from })).toEqual(told({ column: "class", from }));
    expect(told({ condition: { ...isLoss, operator: "<=" }, from }).real.value).toBeCloseTo(
      told({ condition: isLoss, from }).real.value ?? Number.NaN,
      12,
    );
  });

  it("is foretelling one class against all others, where a category is asked for", () => {
    const none = { column: "class", operator: "!=", value: "none" } as const;
    expect(told({ condition: none, from: ["x"] })).toEqual(told({ column: "class", from: ["x"] }));
  });

  it("leaves out columns that alone give it away, unless they are asked for", () => {
    const features = featuresFor(engine, { train, test }, { condition: isLoss, seed });
    expect(features).toEqual({ from: ["x"], leftOut: ["double", "class"] });
    expect(told({ condition: isLoss })).toEqual(told({ condition: isLoss, from: ["x"] }));
    const all = told({ condition: isLoss, from: ["x", "double"] });
    expect(all.real.value).toBeGreaterThan(0.99);
    // Of a column nothing is left out, as it has always been.
    expect(featuresFor(engine, { train, test }, { column: "class", seed }).leftOut).toEqual([]);
  });

  it("does not count rows of which it is not known, but where a gap is what is asked for", () => {
    const gaps = (table: Table) => table.columns[1].missing.reduce((sum, flag) => sum + flag, 0);
    const { real } = told({ condition: isLoss });
    expect(real).toMatchObject({ details: { trainRows: 400 - gaps(train), testRows: 300 - gaps(test), classes: 2 } });
    const { real: whole } = told({ condition: { column: "loss", operator: "=", value: null }, from: ["x"] });
    expect(whole).toMatchObject({ details: { trainRows: 400, testRows: 300 } });
    expect(gaps(test)).toBeGreaterThan(10);
  });

  it("says so where nothing is left to foretell it from, or it never changes", () => {
    const few = (table: Table): Table => ({ rows: table.rows, columns: table.columns.slice(1) });
    const tables = { train: few(train), synthetic: few(synthetic), test: few(test) };
    const reason = "no column is left that does not give it away";
    expect(efficacy(engine, tables, { condition: isLoss, seed }).synthetic).toEqual({ value: null, reason });
    const never = { column: "loss", operator: ">", value: 1e9 } as const;
    expect(told({ condition: never }).real).toMatchObject({ value: null });
  });

  it("is refused without one thing to foretell, or with columns that are none", () => {
    expect(() => told({})).toThrow("must have either column or condition");
    expect(() => told({ column: "class", condition: isLoss })).toThrow("must have either column or condition");
    expect(() => told({ column: "loss" })).toThrow("column must be the name of one category column");
    expect(() => told({ condition: { ...isLoss, column: "cost" } })).toThrow(
      "condition.column must be a column of the table",
    );
    expect(() => told({ condition: isLoss, from: ["loss"] })).toThrow(
      "from[0] must be another column than the one that is foretold",
    );
  });
});
