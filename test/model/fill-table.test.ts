import { describe, expect, test } from "vitest";
import { compose } from "../../src/data/transforms/index.js";
import { fitTableEncoding, readTable, summarizeTable, type TableSchema } from "../../src/entries/tables.js";
import { fillTable } from "../../src/model/fill-table.js";
import type { Model } from "../../src/model/model.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { textOf, utf8 } from "../tables/support.js";

const engine = await simdEngine();
const schema: TableSchema = {
  fields: [
    { name: "size", type: "string" },
    { name: "speed", type: "integer", constraints: { minimum: 0 } },
    { name: "nothing", type: "number" },
  ],
};
const cells = Array.from(
  { length: 40 },
  (_, row) => `${["L", "M", "", "S"][row % 4]},${row % 3 === 0 ? "" : row * 10},`,
);
const { table, dialect } = readTable(utf8(`size,speed,nothing\n${cells.join("\n")}\n`), "train.csv", schema);
const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 1 }));
const network = networkOf({ dimension: encoding.dimension, hidden: [8] });
const model: Model = {
  name: "sizes",
  network,
  parameters: initializeParameters(engine, network, 1),
  schedule: { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 },
  transform: compose(encoding.dimension, []),
  sampling: { sampler: "ancestral", grid: { kind: "uniform-log-snr", steps: 4 }, count: 1, denoiseLast: false },
  seed: 1,
  table: { schema, dialect, encoding },
};
const gaps = utf8('"id",speed,size\n 1 ,120,\n2,,L\n3,70,M\n4,,\n');
const file = /^"id",speed,size\n 1 ,120,([LMS])\n2,(\d+),L\n3,70,M\n4,(\d+),([LMS])\n$/;

describe("fillTable", () => {
  test("fills gaps, and nothing else, with cells that the model knows", async () => {
    const { files, ...counts } = await fillTable(engine, model, gaps, { draws: 30, particles: 3 });
    for (const each of files) expect(textOf(each)).toMatch(file);
    expect(new Set(files.map(textOf)).size).toBeGreaterThan(20);
    expect(counts).toEqual({ rows: 4, rowsWithGaps: 3, filled: { size: 2, speed: 2 }, left: {} });
    const [first] = (await fillTable(engine, model, gaps, { particles: 3 })).files;
    expect(first).toEqual(files[0]);
  });

  test("leaves a gap where the model knows nothing else, and a file without gaps as it is", async () => {
    const { files, filled, left } = await fillTable(engine, model, utf8("nothing,size\n,\n"));
    expect(textOf(files[0])).toMatch(/^nothing,size\n,[LMS]\n$/);
    expect([filled, left]).toEqual([{ size: 1 }, { nothing: 1 }]);
    const whole = utf8("size\nL\n");
    expect(await fillTable(engine, model, whole, { draws: 2 })).toEqual({
      ...{ files: [whole, whole], rows: 1, rowsWithGaps: 0, filled: {}, left: {} },
    });
  });

  test("says what is wrong with model, file and options", async () => {
    const { table: _, ...vectors } = model;
    await expect(fillTable(engine, vectors, gaps)).rejects.toThrow("the model is of vectors, not of a table");
    await expect(fillTable(engine, model, utf8("speed\nfast\n"), { source: "gaps.csv" })).rejects.toThrow(
      'gaps.csv, line 2, column "speed": expected',
    );
    await expect(fillTable(engine, model, gaps, { draws: 0 })).rejects.toThrow("draws must be an integer >= 1, got 0");
    const misspelt = { drws: 1 } as object;
    await expect(fillTable(engine, model, gaps, misspelt)).rejects.toThrow('drws is not known (did you mean "draws"?)');
  });
});
