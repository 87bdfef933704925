/** What the lab finds in a table: as the command line does, and what is wrong beside the column that it is of. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { tableConfig } from "../../../src/experiment/init/table-config.js";
import { type Overrule, surveyTable, type TableAsk } from "../../../src/web/lab/table-survey.js";

const lines = Array.from(
  { length: 60 },
  (_, i) => `${i + 1},${["a", "b"][i % 2]},${(i * 7) % 23},2020-01-${10 + (i % 17)}`,
);
const csv = `id,site,x,day\n${lines.join("\n")}\n`;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const ask = (choices: Partial<TableAsk> = {}, text = csv) =>
  surveyTable({ file: { name: "visits.csv", bytes: bytesOf(text) }, overrule: {}, onInvalid: "error", ...choices });

it("makes the config of fedscore init table, of a file that is compressed too", () => {
  const { config, summary } = tableConfig({ bytes: bytesOf(csv), source: "visits.csv" }, "visits.csv");
  expect(ask().ready).toEqual({ config, summary });
  expect(ask({ file: { name: "visits.csv", bytes: Uint8Array.from(gzipSync(csv)) } }).ready).toEqual({
    config,
    summary,
  });
  expect(summary).toMatch(/^visits\.csv: 60 rows, 3 of 4 columns, which are vectors of \d+ numbers$/);
});

it("says of each column what was guessed and what a person says otherwise", () => {
  const overrule: Overrule = { id: {}, x: { type: "string" }, day: false };
  const { columns = [], ready } = ask({ overrule, clientColumn: "site" });
  expect(
    columns.map(({ name, leftOut, field, guessed, isCategories }) => [
      ...[name, leftOut, field.type, guessed.leftOut, guessed.field.type, isCategories],
    ]),
  ).toEqual([
    ["id", false, "integer", true, "integer", false],
    ["site", false, "string", false, "string", true],
    ["x", false, "string", false, "integer", true],
    ["day", true, "date", false, "date", false],
  ]);
  expect(ready?.config.federation).toMatchObject({ clients: 2, partition: { kind: "column" } });
  expect(ready?.summary).toMatch(/^visits\.csv: 60 rows, 3 of 4 columns.*; 2 clients, as "site" names$/);
});

it("puts what is wrong beside its column, and knows the columns still", () => {
  const typed = ask({ overrule: { site: { type: "number" } } });
  expect(ask({ overrule: { site: { type: "number" } }, predict: "site" }).problem).toEqual(typed.problem);
  expect(typed.ready).toBeUndefined();
  expect(typed.columns).toHaveLength(4);
  expect(typed.problem).toEqual({
    message: 'visits.csv, line 2, column "site": expected a number, found "a"',
    of: { kind: "column", name: "site" },
  });
  const format = ask({ overrule: { day: { type: "date", format: "%Q" } } });
  expect(format.columns?.[3].field.type).toBe("date");
  expect(format.problem).toMatchObject({
    of: { kind: "column", name: "day" },
    message: expect.stringMatching(/^format must /),
  });
  const late = `${csv}61,a,many,2020-01-10\n`;
  const overrule: Overrule = { x: { type: "integer" } };
  expect(ask({ overrule }, late).problem).toEqual({
    message: 'visits.csv, line 62, column "x": expected an integer, found "many"',
    of: { kind: "column", name: "x" },
  });
  const predicted = ask({ predict: "x", overrule: { day: false } });
  expect(predicted.columns?.map(({ leftOut }) => leftOut)).toEqual([true, false, false, true]);
  expect(predicted.problem).toMatchObject({
    ...{ of: { kind: "prediction" }, message: expect.stringContaining('"x" is of type integer') },
  });
  expect(ask({ predict: "x>=y" }).problem?.of.kind).toBe("prediction");
  expect(ask({ predict: "x>=3" }).ready?.config.data).toMatchObject({ predict: "x>=3" });
  expect(ask({ overrule, onInvalid: "missing" }, late).ready?.config.data).toMatchObject({ onInvalid: "missing" });
});

it("has no columns where the file has none, and says which line is wrong", () => {
  const { columns, problem } = ask({}, 'a,b\n1,2\n"3,4\n');
  expect([columns, problem?.of.kind]).toEqual([undefined, "file"]);
  expect(problem?.message).toMatch(/^visits\.csv, line 3: expected cells whose quotes are closed/);
});

it("takes the columns of a schema that a config has, and forgets what is said of columns that the file lacks", () => {
  const { data } = tableConfig({ bytes: bytesOf(csv), source: "visits.csv" }, "visits.csv", {
    overrule: { id: {}, day: false, x: { type: "string" } },
  }).config;
  const schema = data.kind === "table" && typeof data.schema === "object" ? data.schema : {};
  const again = ask({ schema });
  expect(again.columns?.map(({ leftOut, field }) => [leftOut, field.type])).toEqual([
    [false, "integer"],
    [false, "string"],
    [false, "string"],
    [true, "date"],
  ]);
  expect(ask({ overrule: again.overrule }).ready).toEqual(again.ready);
  expect(ask({ overrule: { other: false } }).overrule).toEqual({});
  expect(ask({ schema: { fields: 3 } }).problem?.message).toMatch(/^config\.data\.schema\.fields must /);
});
