/** What leaves a client: no number and no category of fewer rows than the smallest count. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mergeSummaries,
  type NumberSummary,
  readTable,
  summarizeTable,
  type Table,
  type TableSchema,
  type TableSummary,
} from "../../../src/entries/tables.js";
import { tries } from "../../support/thorough.js";
import { utf8 } from "../support.js";

const schema: TableSchema = {
  fields: [
    { name: "x", type: "number" },
    { name: "who", type: "string" },
  ],
};

function tableOf(rows: readonly (readonly [number | null, string | null])[]): Table {
  const text = rows.map(([x, who]) => `${x ?? ""},${who ?? ""}`).join("\n");
  return readTable(utf8(`x,who\n${text}\n`), "t.csv", schema).table;
}

function numbersIn({ columns }: TableSummary): NumberSummary {
  const [column] = columns;
  if (column?.kind !== "number") throw new Error("no numbers");
  return column;
}

const number = fc.oneof(fc.nat(9), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(1e308, -1e308));
const word = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");
const rows = fc.array(fc.tuple(fc.option(number), fc.option(word)), { maxLength: 80 });

describe("a client's summary", () => {
  it("has no number and no category that stands for fewer rows than the smallest count", () => {
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 2, max: 20 }),
        (given, smallestCount, quantiles) => {
          const table = tableOf(given);
          const message = JSON.stringify(summarizeTable(table, schema, { smallestCount, quantiles }));
          const { columns }: TableSummary = JSON.parse(message);
          for (const column of columns) {
            const counts = [...column.counts, column.missing, ...(column.kind === "category" ? [column.other] : [])];
            expect(counts.filter((count) => count > 0 && count < smallestCount)).toEqual([]);
          }
          for (const category of new Set(given.map(([, who]) => who))) {
            const count = given.filter(([, who]) => who === category).length;
            if (category !== null && count < smallestCount) expect(message).not.toContain(JSON.stringify(category));
          }
          const { values, counts } = numbersIn({ columns });
          const present = given.flatMap(([x]) => (x === null ? [] : [x]));
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
            present.length < smallestCount ? 0 : present.length,
          );
          for (const value of values) {
            const same = present.filter((x) => x === value).length;
            const isMean = value >= Math.min(...present) && value <= Math.max(...present);
            expect(same >= smallestCount || isMean).toBe(true);
          }
        },
      ),
      { numRuns: tries(150, 5000), seed: 17 },
    );
  });

  it("has means in place of numbers that too few rows have", () => {
    const table = tableOf([1, 2, 3, 10, 20, 60, 7.5, 7.5, 7.5].map((x) => [x, null] as const));
    const { values, counts } = numbersIn(summarizeTable(table, schema, { smallestCount: 3 }));
    expect([values, counts]).toEqual([
      [2, 7.5, 30],
      [3, 3, 3],
    ]);
  });

  it("counts a rest that is too small with the number beside it, which stays what it is", () => {
    const table = tableOf([1, 2, 5, 5, 5, 6, 7].map((x) => [x, null] as const));
    const { values, counts } = numbersIn(summarizeTable(table, schema, { smallestCount: 3 }));
    expect([values, counts]).toEqual([[5], [7]]);
  });

  it("is the same for all clients that have fewer rows than the smallest count", () => {
    const silent = summarizeTable(tableOf([]), schema);
    expect(
      summarizeTable(
        tableOf([
          [1, "a"],
          [null, "b"],
          [3, null],
          [4, "a"],
        ]),
        schema,
      ),
    ).toEqual(silent);
    expect(summarizeTable(tableOf(new Array(5).fill([1, "a"])), schema)).not.toEqual(silent);
  });

  it("does not tell how many gaps and rare categories there are where they are few", () => {
    const few = tableOf([...new Array(20).fill([1, "a"]), [null, "b"], [1, null]]);
    const more = tableOf([...new Array(20).fill([1, "a"]), [null, "b"], [null, "c"], [1, null], [1, null], [1, "d"]]);
    const [, who] = summarizeTable(few, schema).columns;
    expect(who).toMatchObject({ categories: ["a"], counts: [20], other: 5, missing: 5 });
    expect(summarizeTable(more, schema).columns[1]).toEqual(who);
  });

  it("has about as many numbers as it is told, of equally many rows", () => {
    const table = tableOf(Array.from({ length: 1000 }, (_, row) => [((row * 617) % 1000) / 7, null] as const));
    const { counts } = numbersIn(summarizeTable(table, schema, { quantiles: 50 }));
    expect(counts).toEqual(new Array(50).fill(20));
  });
});

describe("summaries", () => {
  it("are merged to the same in any order and groups", () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 3, maxLength: 5 }), (clients) => {
        const [first, ...others] = clients.map((each) => summarizeTable(tableOf(each), schema, { smallestCount: 2 }));
        if (!first) throw new Error("no client");
        const merged = mergeSummaries([first, ...others]);
        expect(mergeSummaries([mergeSummaries(others.toReversed()), first])).toEqual(merged);
      }),
      { numRuns: tries(50, 1000), seed: 17 },
    );
  });

  it("of clients that tell all are that of their rows together", () => {
    fc.assert(
      fc.property(rows, rows, (some, others) => {
        const all = { smallestCount: 1, quantiles: 1e6 };
        const parts = [some, others].map((each) => summarizeTable(tableOf(each), schema, all));
        expect(mergeSummaries(parts)).toEqual(summarizeTable(tableOf([...some, ...others]), schema, all));
      }),
      { numRuns: tries(50, 1000), seed: 17 },
    );
  });

  it("of other columns are refused by the client's number", () => {
    const other = summarizeTable(tableOf([]), { fields: [{ name: "who", type: "string" }] });
    const whole = summarizeTable(tableOf([]), schema);
    expect(() => mergeSummaries([whole, other])).toThrow(
      'summaries[1].columns[0] must be of the number column "x", as the first one is, got "who"',
    );
  });
});
