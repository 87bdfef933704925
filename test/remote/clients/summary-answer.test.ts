/** Which summaries of clients a coordinator takes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSummary } from "../../../src/remote/clients/summary-answer.js";
import { readTable } from "../../../src/tables/read/read.js";
import { parseTableSchema } from "../../../src/tables/schema/parse.js";
import { summarizeTable } from "../../../src/tables/summary/summarize.js";
import { utf8 } from "../../tables/support.js";

const schema = parseTableSchema({
  fields: [
    { name: "kind", type: "string" },
    { name: "amount", type: "integer" },
  ],
});
const asked = { schema, reading: {}, smallestCount: 5, quantiles: 8 };
const kind = { kind: "category", name: "kind", categories: ["a", "b"], counts: [6, 5], other: 5, missing: 0 };
const amount = { kind: "number", name: "amount", values: [1, 4], counts: [9, 7], missing: 5 };

it("takes what any table's summary says, with the group of the run or a larger one of the client", () => {
  const cell = fc.constantFrom("a", "b", "c", "d", "");
  const number = fc.integer({ min: 0, max: 9 }).map(String);
  const rows = fc.array(fc.tuple(cell, fc.oneof(number, fc.constant(""))), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 }), (cells, smallestCount, more) => {
      const csv = ["kind,amount", ...cells.map((row) => row.join(","))].join("\n");
      const { table } = readTable(utf8(csv), "own.csv", schema);
      const summary = summarizeTable(table, schema, { smallestCount: smallestCount + more, quantiles: 8 });
      expect(readSummary(summary, { ...asked, smallestCount }, table.rows)).toEqual(summary);
    }),
    { numRuns: 60 },
  );
});

describe("refuses", () => {
  it.each([
    ["one without a column", [kind], "has 1 columns, not 2"],
    ["columns in another order", [amount, kind], 'has no category column "kind" at its place'],
    ["a column of another name", [{ ...kind, name: "sort" }, amount], 'has no category column "kind" at its place'],
    ["a column of another kind", [kind, { ...kind, name: "amount" }], 'has no number column "amount" at its place'],
    ["a rare category", [{ ...kind, counts: [6, 4] }, amount], 'tells of 4 rows of "kind", fewer than 5'],
    ["a rare number", [kind, { ...amount, counts: [1, 7] }], 'tells of 1 rows of "amount", fewer than 5'],
    ["a category twice", [{ ...kind, categories: ["a", "a"] }, amount], 'repeats a value of "kind"'],
    ["a number twice", [kind, { ...amount, values: [4, 4] }], 'repeats a value of "amount"'],
    ["more cells than rows", [{ ...kind, counts: [16, 5] }, amount], 'counts 21 rows of "kind", of 20'],
    ["more others than rows", [{ ...kind, other: 21 }, amount], 'counts 21 rows of "kind", of 20'],
    ["more gaps than rows", [kind, { ...amount, missing: 21 }], 'counts 21 rows of "amount", of 20'],
    ["numbers that are none", [kind, { ...amount, values: [1, Number.NaN] }], "has no summary"],
    ["half a row", [{ ...kind, counts: [6.5, 5] }, amount], "has no summary"],
    ["what is none", "all of it", "has no summary"],
  ])("%s", (_, columns, problem) => {
    expect(() => readSummary({ columns }, asked, 20)).toThrow(
      expect.objectContaining({ code: "FEDSCORE_MESSAGE", message: expect.stringContaining(problem) }),
    );
  });

  it("nothing of one that is right", () => {
    expect(readSummary({ columns: [kind, amount] }, asked, 20)).toEqual({ columns: [kind, amount] });
  });
});
