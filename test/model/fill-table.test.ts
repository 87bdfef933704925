import { describe, expect, test } from "vitest";
import { fillTable } from "../../src/model/fill-table.js";
import { simdEngine } from "../support/engines.js";
import { tableModel } from "../support/table-model.js";
import { textOf, utf8 } from "../tables/support.js";

const engine = await simdEngine();
const model = tableModel(engine);
const gaps = utf8('"id",speed,size\n 1 ,120,\n2,,L\n3,70,M\n4,,\n');
const file = /^"id",speed,size\n 1 ,120,([LMS])\n2,(\d+),L\n3,70,M\n4,(\d+),([LMS])\n$/;

describe("fillTable", () => {
  test("fills gaps, and nothing else, with cells that the model knows", async () => {
    const { files, ...counts } = await fillTable(engine, model, gaps, { draws: 10, particles: 3 });
    for (const each of files) expect(textOf(each)).toMatch(file);
    expect(new Set(files.map(textOf)).size).toBeGreaterThan(5);
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
