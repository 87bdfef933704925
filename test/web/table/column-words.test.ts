import { expect, it } from "vitest";
import { type Overrule, surveyTable } from "../../../src/web/lab/table-survey.js";
import { guessWords, isLeftOut, typeOf, withKept, withType } from "../../../src/web/table/column-words.js";

const rows = Array.from({ length: 30 }, (_, i) => `${i + 1};${(i * 7) % 23},${i % 10}5;${i % 9 === 0 ? "NA" : i % 7}`);
const file = { name: "a.csv", content: new Blob([`id;price;n\n${rows.join("\n")}\n`]) };
const columnsFor = async (overrule: Overrule) => (await surveyTable({ file, overrule }))?.columns ?? [];

it("says what was guessed, how it is written, and why a column is left out", async () => {
  const [id, price, n] = await columnsFor({});
  expect(guessWords(id)).toBe(
    "guessed: integer; left out; all 30 integers differ, and its name is that of an identifier",
  );
  expect(guessWords(price)).toBe("guessed: number 0.00, decimal comma");
  expect(guessWords(n)).toBe('guessed: integer, gaps "NA"');
  expect(guessWords((await columnsFor({ id: {} }))[0])).toMatch(/^guessed: integer; would be left out; all 30/);
  expect(guessWords((await columnsFor({ id: { type: "string" } }))[0])).toBe("guessed: integer; would be left out");
});

it("says no more of a column than a person does", async () => {
  const [id, price] = await columnsFor({});
  for (const [overrule, said] of [
    [withKept({}, id, true), { id: {} }],
    [withKept({ id: {} }, id, false), { id: false }],
    [withKept({ price: false }, price, true), { price: {} }],
    [withType({ n: false }, price, "string"), { n: false, price: { type: "string" } }],
    [withType({ price: { type: "string" } }, price, "number"), {}],
    [withType({}, id, "integer"), { id: {} }],
    [withType({}, price, "date", "%d.%m.%Y"), { price: { type: "date", format: "%d.%m.%Y" } }],
  ] as const)
    expect(overrule).toEqual(said);
  expect([isLeftOut(id, {}), isLeftOut(id, { id: {} }), isLeftOut(price, { price: false })]).toEqual([
    true,
    false,
    true,
  ]);
  expect([typeOf(id, {}), typeOf(id, { id: { type: "date" } }), typeOf(id, { id: false })]).toEqual([
    "integer",
    "date",
    "integer",
  ]);
});
