import { describe, expect, it } from "vitest";
import { type InferOptions, inferTableSchema } from "../../../src/entries/tables.js";
import { utf8 } from "../support.js";

/** What is inferred of a column with these cells. */
function inferred(cells: readonly string[], name = "x", between = ",") {
  const text = [`${name}${between}y`, ...cells.map((cell) => `"${cell}"${between}1`)].join("\n");
  const [column] = inferTableSchema(utf8(text), "t.csv").columns;
  if (!column) throw new Error("no column");
  const { name: _, ...field } = column.field;
  return { ...column, field };
}
const many = (of: (index: number) => string, count = 40) => Array.from({ length: count }, (_, at) => of(at));

describe("the type of a column", () => {
  it.each([
    [["1", "-2", ""], { type: "integer" }],
    [["1", "2"], { type: "integer", constraints: { minimum: 0 } }],
    [["1.50", "-2.25"], { type: "number", format: "0.00" }],
    [["1.5", "-2", "3.125"], { type: "number", format: "0.###" }],
    [["1e-7", "-0.5"], { type: "number" }],
    [["0.12345678901234567", "-3.5"], { type: "number" }],
    [["1,234,567", "-12"], { type: "integer", groupChar: "," }],
    [["1.234,5", "-12"], { type: "number", decimalChar: ",", groupChar: ".", format: "0.#" }],
    [["007", "123"], { type: "string" }],
    [["12345678901234567890", "-1.5"], { type: "number", format: undefined }],
    [["yes", "no", "yes"], { type: "boolean", trueValues: ["yes"], falseValues: ["no"] }],
    [["2024-02-29", "1899-12-31"], { type: "date", format: "%Y-%m-%d" }],
    [["2023-02-29", "1899-12-31"], { type: "string" }],
    [["31/12/2020", "01/02/2020"], { type: "date", format: "%d/%m/%Y" }],
    [["1/8/90 0:00", "12/31/95 17:30"], { type: "datetime", format: "%-m/%-d/%y %-H:%M" }],
    [["2020-01-01T00:00:00Z"], { type: "datetime", format: "%Y-%m-%dT%H:%M:%SZ" }],
    [["a", "b"], { type: "string" }],
    [["1", "NA", "?", "NA"], { type: "integer", missingValues: ["NA", "?"], constraints: { minimum: 0 } }],
    [["a", "NA"], { type: "string" }],
  ])("of %j is %j", (cells, field) => {
    expect(inferred(cells).field).toEqual(JSON.parse(JSON.stringify(field)));
  });
});

describe("a warning", () => {
  it.each([
    [
      "texts that all differ",
      many((at) => `note ${at}`),
      "x",
      true,
      "40 of 40 cells differ: it names rows, or is free text",
    ],
    [
      "texts that few rows say",
      Array.from({ length: 120 }, (_, at) => `model ${Math.floor(at / 4)}`),
      "x",
      true,
      '100 % of its cells say what fewer than 5 rows say: they would all be "other"',
    ],
    [
      "integers with the name of an identifier",
      many((at) => String(at * 7)),
      "customer_id",
      true,
      "all 40 integers differ, and its name is that of an identifier",
    ],
    ["integers that count the rows", many((at) => String(at + 5)), "x", true, "its integers count the rows"],
    ["cells that are the same", ["7", "7"], "x", false, "all of its cells are the same"],
    ["gaps alone", ["", ""], "x", false, "all of its cells are gaps"],
    [
      "exceptions",
      [...many((at) => String(at % 7)), "n/k"],
      "x",
      false,
      '97.6 % of its cells are numbers, but line 42 says "n/k"',
    ],
    ["days that may be months", ["01/02/2020", "03/04/2020"], "x", false, 'set format to "%d/%m/%Y" if they are'],
    [
      "commas that may be decimal",
      ["1,234", "5,678"],
      "x",
      false,
      '"," is taken for the mark between groups of digits',
    ],
  ])("tells of %s", (_, cells, name, leftOut, warning) => {
    const column = inferred(cells, name);
    expect(column.leftOut).toBe(leftOut);
    expect(column.warnings).toEqual([expect.stringContaining(warning)]);
  });

  it.each([
    ["numbers", "0.125,-3\n1.5,2\n-2.5,4\n", true],
    ["numbers and texts", "Ann,32,2024-01-05\nBob,41,2023-02-07\nAnn,9,2022-03-01\n", true],
    ["years", "country,1962,1963\na,1,5\nb,2,6\n", false],
    ["numbers of columns", "0,1,2\n0.5,1.5,2.5\n1.25,2.5,4.5\n", false],
    ["names", "x,y\n1,2\n3,4\n", false],
    ["texts alone", "a,b\na,b\nc,d\n", false],
  ])("tells of a first line of %s that it may be a row: %#", (_, text, isDoubtful) => {
    const { columns } = inferTableSchema(utf8(text), "t.csv");
    const doubts = columns.map(({ warnings }) => warnings.filter((each) => each.includes("may be a row")).length);
    expect(doubts).toEqual(columns.map((_, at) => (isDoubtful && at === 0 ? 1 : 0)));
  });

  it("does not tell of numbers that happen to differ, nor of few rows", () => {
    expect(
      inferred(
        many((at) => String(((at * 7919) % 4001) + 13)),
        "cost",
      ),
    ).toMatchObject({ leftOut: false, warnings: [] });
    expect(inferred(["a", "b", "c"])).toMatchObject({ leftOut: false, warnings: [] });
  });
});

describe("what is inferred", () => {
  const text = `id,x,d\n${many((at) => `${at},${at % 3}.5,0${(at % 9) + 1}/02/2020`).join("\n")}\n`;
  const infer = (overrule: InferOptions["overrule"]) =>
    inferTableSchema(utf8(text), "t.csv", { overrule }).schema.fields;

  it("may be overruled: kept, left out, another type, another format", () => {
    expect(infer({}).map(({ name }) => name)).toEqual(["x", "d"]);
    expect(infer({ id: {}, x: false }).map(({ name }) => name)).toEqual(["id", "d"]);
    expect(infer({ x: { type: "string" } })[0]).toEqual({ name: "x", type: "string" });
    expect(infer({ d: { format: "%d/%m/%Y" } })[1]).toMatchObject({ type: "date", format: "%d/%m/%Y" });
  });

  it.each(["constructor", "__proto__", "toString"])("is not overruled for a column %s that nobody named", (name) => {
    const cells = many((at) => `row ${at}`);
    expect(inferred(cells, name)).toMatchObject({ name, leftOut: true, warnings: [expect.stringContaining("differ")] });
  });

  it("is overruled by what a field may have alone, for columns that there are", () => {
    expect(() => infer({ X: false })).toThrow('overrule must name columns of the file (did you mean "x"?), got "X"');
    expect(() => infer({ x: { format: "%d" } })).toThrow("overrule.x.format must be such as");
  });

  it("says no value of the file but how it is written", () => {
    const secret = `x,y\n${many((at) => `${1000 + at}.25,name${at % 7}`).join("\n")}\n`;
    expect(JSON.stringify(inferTableSchema(utf8(secret), "t.csv").schema)).not.toMatch(/10\d\d|name\d/);
  });
});
