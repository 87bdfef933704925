/** What the lab finds in a table: as the command line does, and what is wrong beside the column that it is of. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { tableConfig } from "../../../src/experiment/init/table-config.js";
import { type Overrule, surveyTable, type TableAsk, type TableProgress } from "../../../src/web/lab/table-survey.js";
import { guessWords, withKept } from "../../../src/web/table/column-words.js";

const lines = Array.from(
  { length: 60 },
  (_, i) => `${i + 1},${["a", "b"][i % 2]},${(i * 7) % 23},2020-01-${10 + (i % 17)}`,
);
const csv = `id,site,x,day\n${lines.join("\n")}\n`;
const file = new Blob([csv]);
const asked = (choices: Partial<TableAsk>, text = csv): TableAsk => ({
  file: { name: "visits.csv", content: new Blob([text]) },
  overrule: {},
  onInvalid: "error",
  ...choices,
});

async function ask(choices: Partial<TableAsk> = {}, text = csv) {
  const answer = await surveyTable(asked(choices, text));
  if (!answer) throw new Error("nobody has ended it");
  return answer;
}

it("makes the config of fedscore init table, of a file that is compressed too", async () => {
  const { config, summary } = await tableConfig(file, "visits.csv", "visits.csv");
  expect((await ask()).ready).toEqual({ config, summary });
  expect((await ask({ file: { name: "visits.csv", content: new Blob([gzipSync(csv)]) } })).ready).toEqual({
    config,
    summary,
  });
  expect(summary).toMatch(/^visits\.csv: 60 rows, 3 of 4 columns, which are vectors of \d+ numbers$/);
});

it("says of each column what was guessed and what a person says otherwise", async () => {
  const overrule: Overrule = { id: {}, x: { type: "string" }, day: false };
  const { columns = [], ready } = await ask({ overrule, clientColumn: "site" });
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

it("puts what is wrong beside its column, and knows the columns still", async () => {
  const typed = await ask({ overrule: { site: { type: "number" } } });
  expect((await ask({ overrule: { site: { type: "number" } }, predict: "site" })).problem).toEqual(typed.problem);
  expect(typed.ready).toBeUndefined();
  expect(typed.columns).toHaveLength(4);
  expect(typed.problem).toEqual({
    message: 'visits.csv, line 2, column "site": expected a number, found "a"',
    of: { kind: "column", name: "site" },
  });
  const format = await ask({ overrule: { day: { type: "date", format: "%Q" } } });
  expect(format.columns?.[3].field.type).toBe("date");
  expect(format.problem).toMatchObject({
    of: { kind: "column", name: "day" },
    message: expect.stringMatching(/^format must /),
  });
  const late = `${csv}61,a,many,2020-01-10\n`;
  const overrule: Overrule = { x: { type: "integer" } };
  expect((await ask({ overrule }, late)).problem).toEqual({
    message: 'visits.csv, line 62, column "x": expected an integer, found "many"',
    of: { kind: "column", name: "x" },
  });
  const predicted = await ask({ predict: "x", overrule: { day: false } });
  expect(predicted.columns?.map(({ leftOut }) => leftOut)).toEqual([true, false, false, true]);
  expect(predicted.problem).toMatchObject({
    ...{ of: { kind: "prediction" }, message: expect.stringContaining('"x" is of type integer') },
  });
  expect((await ask({ predict: "x>=y" })).problem?.of.kind).toBe("prediction");
  expect((await ask({ predict: "x>=3" })).ready?.config.data).toMatchObject({ predict: "x>=3" });
  expect((await ask({ overrule, onInvalid: "missing" }, late)).ready?.config.data).toMatchObject({
    onInvalid: "missing",
  });
});

it("has no columns where the file has none, and says which line is wrong", async () => {
  const { columns, problem } = await ask({}, 'a,b\n1,2\n"3,4\n');
  expect([columns, problem?.of.kind]).toEqual([undefined, "file"]);
  expect(problem?.message).toMatch(/^visits\.csv, line 3: expected cells whose quotes are closed/);
});

it("takes the columns of a schema that a config has, and forgets what is said of columns that the file lacks", async () => {
  const overrule: Overrule = { id: {}, day: false, x: { type: "string" } };
  const { data } = (await tableConfig(file, "visits.csv", "visits.csv", { overrule })).config;
  const schema = data.kind === "table" && typeof data.schema === "object" ? data.schema : {};
  const again = await ask({ schema });
  expect(again.columns?.map(({ leftOut, field }) => [leftOut, field.type])).toEqual([
    [false, "integer"],
    [false, "string"],
    [false, "string"],
    [true, "date"],
  ]);
  expect((await ask({ overrule: again.overrule })).ready).toEqual(again.ready);
  expect((await ask({ overrule: { other: false } })).overrule).toEqual({});
  expect((await ask({ schema: { fields: 3 } })).problem?.message).toMatch(/^config\.data\.schema\.fields must /);
});

it("keeps a column that clients would tell little of once a person wants it", async () => {
  const towns = Array.from({ length: 480 }, (_, i) => `town ${i % 80},${["a", "b", "c"][i % 3]},${(i * 7) % 23}`);
  const text = `town,kind,x\n${towns.join("\n")}\n`;
  const [town] = (await ask({}, text)).columns ?? [];
  expect([town.leftOut, town.guessed.leftOut]).toEqual([true, true]);
  expect(guessWords(town)).toMatch(/^guessed: string; left out; is "other" in 100 % of the rows/);
  const kept = await ask({ overrule: withKept({}, town, true) }, text);
  expect(kept.columns?.[0]).toMatchObject({ leftOut: false });
  expect(kept.ready?.config.data).toMatchObject({ schema: { fields: [{ name: "town" }, {}, {}] } });
});

it("says how far it is, one step after the other, and nothing once it is ended", async () => {
  const told: TableProgress[] = [];
  await surveyTable(asked({ clientColumn: "site" }), { onProgress: (progress) => void told.push(progress) });
  const steps = told.map(({ step }) => step);
  expect(steps.filter((step, at) => step !== steps[at - 1])).toEqual(["lines", "cells", "clients", "columns"]);
  expect(told.find(({ step }) => step === "lines")).toEqual({ step: "lines", rows: 0, share: 1 });
  expect(told.filter(({ step }) => step === "cells").at(-1)).toEqual({ step: "cells", rows: 60, share: 1 });
  for (const last of ["lines", "cells", "clients"]) {
    const end = new AbortController();
    const onProgress = ({ step }: TableProgress) => step === last && end.abort();
    expect(await surveyTable(asked({ clientColumn: "site" }), { signal: end.signal, onProgress })).toBeUndefined();
  }
});

it("says what to do where a file was changed since it was chosen", async () => {
  const content = Object.assign(new Blob([csv]), { slice: () => ({ arrayBuffer: gone }) });
  const { problem } = await ask({ file: { name: "visits.csv", content } as unknown as TableAsk["file"] });
  expect(problem).toEqual({
    message: "cannot read visits.csv: it was changed or moved since it was chosen; choose it again",
    of: { kind: "file" },
  });
});

/** As browsers answer. */
async function gone(): Promise<never> {
  throw new DOMException("The requested file could not be read", "NotReadableError");
}
