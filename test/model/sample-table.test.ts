/** Rows of a table out of a model, with conditions and without. */
import { describe, expect, test } from "vitest";
import { compose } from "../../src/data/transforms/index.js";
import { loadModel } from "../../src/model/load-model.js";
import type { Model } from "../../src/model/model.js";
import { sampleModelInPool } from "../../src/model/sample-model.js";
import { sampleTable } from "../../src/model/sample-table.js";
import { saveModel } from "../../src/model/save-model.js";
import { layoutOf } from "../../src/network/spec.js";
import { decodeDrawn } from "../../src/tables/calibration/decode-drawn.js";
import { fitCalibration } from "../../src/tables/calibration/fit.js";
import { decodeTable } from "../../src/tables/encoding/encode.js";
import { fitTableEncoding } from "../../src/tables/encoding/fit.js";
import { readTable } from "../../src/tables/read/read.js";
import type { TableSchema } from "../../src/tables/schema/field.js";
import { summarizeTable } from "../../src/tables/summary/summarize.js";
import { parseCondition } from "../../src/tables/where/condition.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { networkOf, numberedParameters } from "../support/networks.js";
import { rowOf } from "../support/tables.js";

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const schema: TableSchema = {
  fields: [
    { name: "size", type: "string" },
    { name: "x", type: "integer" },
  ],
};
const file = `size,x\n${Array.from({ length: 60 }, (_, i) => `${["small", "large", "tiny"][i % 3]},${i}`).join("\n")}\n`;
const { table, dialect } = readTable(new TextEncoder().encode(file), "t.csv", schema);
const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 1 }));
const network = networkOf({ dimension: encoding.dimension, parameterization: "edm" });
const model: Model = {
  name: "table",
  network,
  // Nothing is learnt: its law is a normal one.
  parameters: new Float32Array(layoutOf(network).size),
  schedule: { kind: "vp-cosine", tMin: 0.02 },
  transform: compose(encoding.dimension, []),
  sampling: { sampler: "ancestral", grid: { kind: "uniform-log-snr", steps: 4 }, count: 700, denoiseLast: false },
  seed: 1,
  table: { schema, dialect, encoding },
};
const calibration = fitCalibration(encoding, await sampleModelInPool(pool, model, { seed: 2 }));
const calibrated = { ...model, table: { schema, dialect, encoding, calibration } };
const all = decodeTable(encoding, await sampleModelInPool(pool, model));
const condition = (text: string) => parseCondition(text, schema);
const where = (...texts: string[]) => texts.map(condition);

describe("rows of a model", () => {
  test("are its samples, decoded; those that fit a condition come in their order", async () => {
    const { table: rows, drawn, fitting, vectors } = await sampleTable(pool, model);
    expect(rows).toEqual(all);
    expect(vectors).toHaveLength(700 * encoding.dimension);
    expect([drawn, fitting]).toEqual([700, 700]);
    const wanted = Array.from({ length: 700 }, (_, row) => rowOf(all, row)).filter(
      ([size, x]) => size !== "large" && Number(x) >= 20,
    );
    expect(wanted.length).toBeGreaterThan(30);
    const fit = await sampleTable(pool, model, { count: 30, where: where("size!=large", "x>=20") });
    expect(Array.from({ length: 30 }, (_, row) => rowOf(fit.table, row))).toEqual(wanted.slice(0, 30));
    expect(fit.fitting).toBeGreaterThanOrEqual(30);
  });

  test("have the calibration of their model, also where a condition is asked for", async () => {
    const whole = await sampleTable(pool, calibrated);
    expect(whole.table).toEqual(decodeDrawn(calibrated.table, whole.vectors));
    const sizes = Array.from({ length: 700 }, (_, row) => rowOf(whole.table, row)[0]);
    for (const size of ["small", "large", "tiny"])
      expect(Math.abs(sizes.filter((each) => each === size).length - 700 / 3)).toBeLessThan(50);
    const large = await sampleTable(pool, calibrated, { count: 20, where: where("size=large") });
    const wanted = Array.from({ length: 700 }, (_, row) => rowOf(whole.table, row)).filter(
      ([size]) => size === "large",
    );
    expect(Array.from({ length: 20 }, (_, row) => rowOf(large.table, row))).toEqual(wanted.slice(0, 20));
  });

  test("are as frequent as their weights say, and the first that holds counts", async () => {
    const count = 400;
    const weights = [
      { condition: condition("size=large"), weight: 5 },
      { condition: condition("x>=30"), weight: 0.25 },
    ];
    const { table: rows, drawn } = await sampleTable(pool, model, { count, weights });
    const drawnRows = decodeTable(encoding, await sampleModelInPool(pool, model, { count: drawn }));
    const weightOf = (row: number) => {
      const [size, x] = rowOf(drawnRows, row);
      return size === "large" ? 5 : Number(x) >= 30 ? 0.25 : 1;
    };
    const own = Array.from({ length: drawn }, (_, row) => weightOf(row));
    const total = own.reduce((sum, weight) => sum + weight, 0);
    const kept = Array.from({ length: count }, (_, row) => rowOf(rows, row));
    for (const [weight, holds] of [
      [5, ([size]: unknown[]) => size === "large"],
      [0.25, ([size, x]: unknown[]) => size !== "large" && Number(x) >= 30],
    ] as const) {
      const share = own.reduce((sum, each) => sum + (each === weight ? each : 0), 0) / total;
      const deviation = Math.sqrt((share * (1 - share)) / count);
      expect(Math.abs(kept.filter(holds).length / count - share)).toBeLessThan(4 * deviation);
    }
    const fewer = await sampleTable(pool, model, { count: 50, weights });
    expect(Array.from({ length: 50 }, (_, row) => rowOf(fewer.table, row))).toEqual(kept.slice(0, 50));
  });

  test("are refused with weights that are none", async () => {
    const weights = [{ condition: condition("size=large"), weight: 0 }];
    await expect(sampleTable(pool, model, { weights })).rejects.toThrow(
      "weights[0].weight must lie in [0.001, 1000], got 0",
    );
    const typo = [{ condition: { column: "size", operator: "=", value: "larg" } as const, weight: 2 }];
    await expect(sampleTable(pool, model, { weights: typo })).rejects.toThrow("weights[0].condition.value must be");
  });

  test("that fit too rarely are an error with the measured share", async () => {
    const rare = sampleTable(pool, model, { count: 400, most: 600, where: where("x>=55") });
    await expect(rare).rejects.toMatchObject({ code: "FEDSCORE_UNSUPPORTED", details: { count: 400, drawn: 600 } });
    await expect(rare).rejects.toThrow(
      /^\d+ of 600 rows that were drawn fit, [\d.]+ %, and 400 were asked for: ask for fewer rows, or let about \d+ be drawn$/,
    );
    const none = sampleTable(pool, model, { count: 1, most: 512, where: where("size=") });
    await expect(none).rejects.toThrow(
      "none of 512 rows that were drawn fits, so fewer than 0.59 % do (95 % confidence)",
    );
  });

  test("are refused of categories that the model never draws, and of models without a table", async () => {
    const typo = sampleTable(pool, model, { where: [{ column: "size", operator: "=", value: "larg" }] });
    await expect(typo).rejects.toThrow(
      'where[0].value must be a category that the model has in "size"; did you mean "large"?',
    );
    const { table: _, ...plain } = model;
    await expect(sampleTable(pool, plain)).rejects.toThrow("model.table must be there");
  });
});

describe("the table of a model.safetensors", () => {
  test("comes back as it was saved", () => {
    expect(loadModel(engine, saveModel(model), "m").table).toEqual(model.table);
    expect(loadModel(engine, saveModel(calibrated), "m").table).toEqual(calibrated.table);
  });

  const [size, x] = encoding.columns;
  test.each([
    ["dialect", { schema, encoding, dialect: { ...dialect, lineEnd: "x" } }, /table\.dialect\.lineEnd must be one of/],
    ["schema", { dialect, encoding, schema: { fields: [{ name: "x" }] } }, /table\.schema\.fields\[0\]\.type must be/],
    ["calibration", { schema, dialect, encoding, calibration: { columns: [] } }, /table\.calibration\.columns must/],
    [
      "columns",
      { schema, dialect, encoding: { ...encoding, columns: [x, size] } },
      /table\.encoding\.columns\[0\] must be the category column "size"/,
    ],
    [
      "dimension",
      { schema, dialect, encoding: { ...encoding, dimension: 9 } },
      /table\.encoding\.dimension must be 4, as the columns are wide, got 9/,
    ],
  ])("is refused with a wrong %s", (_, wrong, message) => {
    expect(() => saveModel({ ...model, table: wrong as unknown as Model["table"] & object })).toThrow(message);
  });

  test("is refused where its rows have other lengths than the transform takes", () => {
    const transform = compose(encoding.dimension + 1, []);
    const wider = networkOf({ dimension: encoding.dimension + 1 });
    const other = { ...model, transform, network: wider, parameters: numberedParameters(wider) };
    expect(() => saveModel(other)).toThrow(
      "table.encoding.dimension must be 5, the dimension before the transform, got 4",
    );
  });
});
