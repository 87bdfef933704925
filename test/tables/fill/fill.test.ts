import { describe, expect, test } from "vitest";
import {
  encodeTable,
  fitTableEncoding,
  readTable,
  summarizeTable,
  type TableSchema,
} from "../../../src/entries/tables.js";
import { rawCells } from "../../../src/tables/csv/raw-cells.js";
import { readGaps } from "../../../src/tables/fill/gap-file.js";
import { decodeFilled, knownCells } from "../../../src/tables/fill/known-cells.js";
import { cellsOf, textOf, utf8 } from "../support.js";

const schema: TableSchema = {
  fields: [
    { name: "size", type: "string" },
    { name: "cost", type: "number", decimalChar: ",", format: "0.00" },
    { name: "day", type: "date", missingValues: ["?"] },
  ],
};

/** A table of the schema that has these cells in each row. */
const filledWith = (size: string, cost: number, day: number, rows: number) => ({
  rows,
  columns: [
    {
      ...({ kind: "category", name: "size", categories: [size] } as const),
      ...{ codes: new Uint32Array(rows), missing: new Uint8Array(rows) },
    },
    { kind: "number", name: "cost", values: new Float64Array(rows).fill(cost), missing: new Uint8Array(rows) } as const,
    { kind: "number", name: "day", values: new Float64Array(rows).fill(day), missing: new Uint8Array(rows) } as const,
  ],
});

describe("a file with gaps", () => {
  const file = [
    "sep=;",
    'note;"size";cost;day',
    '"a;b";Large;;1970-01-02',
    "",
    '  kept ;"; ";1,5;?',
    '"two\nlines";;"2,50";?',
    "nothing;Small;1,0;1970-01-05",
  ].join("\r\n");
  const gaps = readGaps(utf8(file), "gaps.csv", schema);

  test("has the rows with gaps", () => {
    expect(gaps.rows).toBe(4);
    expect(cellsOf(gaps.table)).toEqual({
      size: ["Large", "; ", null],
      cost: [null, 1.5, 2.5],
      day: [1, null, null],
    });
  });

  test("keeps every character but its gaps", () => {
    const filled = gaps.fill(filledWith("very; large", 3, 2, 3));
    const expected = file
      .replace("Large;;", "Large;3,00;")
      .replace("1,5;?", "1,5;1970-01-03")
      .replace('lines";;"2,50";?', 'lines";"very; large";"2,50";1970-01-03');
    expect(textOf(filled)).toBe(expected);
  });

  test("keeps what is a gap of the filled table too", () => {
    const { columns, rows } = filledWith("S", 3, 2, 3);
    const missing = new Uint8Array(3).fill(1);
    const filled = gaps.fill({ rows, columns: [columns[0], columns[1], { ...columns[2], missing }] });
    expect(textOf(filled)).toBe(file.replace("Large;;", "Large;3,00;").replace('lines";;', 'lines";S;'));
  });

  test.each(["utf-16le", "windows-1252", "utf-8"] as const)(
    "stays in its encoding, with or without a last line end: %s",
    (encoding) => {
      const text = "size,größe\n,1\n\nb,\n";
      const bytes = {
        "utf-16le": (each: string) =>
          new Uint8Array(Uint16Array.from(each, (character) => character.charCodeAt(0)).buffer),
        "windows-1252": (each: string) => Uint8Array.from(each, (character) => character.charCodeAt(0)),
        "utf-8": utf8,
      }[encoding];
      const own = { fields: [{ name: "size", type: "string" }] } as const;
      const filled = readGaps(bytes(text), "t.csv", own).fill(filledWith("ß", 0, 0, 1));
      expect([...filled]).toEqual([...bytes(text.replace("\n,1", "\nß,1"))]);
    },
  );

  test("may lack columns, but not all, and may not have cells that do not fit", () => {
    expect(readGaps(utf8("day\n1970-01-02\n?\n"), "t.csv", schema).table.rows).toBe(1);
    expect(() => readGaps(utf8("a,b\n1,2\n"), "t.csv", schema)).toThrow(
      't.csv, header: expected one of the columns "size", "cost", "day", found "a,b"',
    );
    expect(() => readGaps(utf8("size;cost\nL;1,5\n;much\n"), "t.csv", schema)).toThrow(
      't.csv, line 3, column "cost": expected',
    );
  });
});

test.each([
  ["a,b", ["a", "b"]],
  ["", [""]],
  [",", ["", ""]],
  ['"a,""b""",', ['"a,""b"""', ""]],
  ['"a" ,"b"', ['"a" ', '"b"']],
  ['a"b,c', ['a"b', "c"]],
])("the cells of %s stand as they are", (record, cells) => {
  expect(rawCells(record, ",")).toEqual(cells);
});

describe("what is known of a row", () => {
  // Costs have an atom at 0, a continuous part and gaps, sizes have gaps, days have none.
  const cell = (row: number) => (row % 5 === 0 ? "" : row % 3 === 0 ? "0,00" : `${row},25`);
  const rows = Array.from(
    { length: 60 },
    (_, row) => `${["", "L", "M", "S"][row % 4]};${cell(row)};${new Date(row * 86400000).toISOString().slice(0, 10)}`,
  );
  const { table } = readTable(utf8(`size;cost;day\n${rows.join("\n")}`), "t.csv", schema);
  const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 1 }));
  const whole = encodeTable(encoding, table).vectors;
  const { dimension } = encoding;
  const { vectors, known } = knownCells(encoding, table);

  test("are all coordinates of the cells that are there, and of gaps that they are none", () => {
    // size: L, M, S, gap; cost: continuous, 0, gap, score; day: score.
    expect(encoding.columns.map(({ states }) => states.shares.length)).toEqual([4, 3, 1]);
    for (let row = 0; row < table.rows; row++) {
      const flags = [...known.subarray(row * dimension, (row + 1) * dimension)];
      const size = row % 4 === 0 ? [0, 0, 0, 1] : [1, 1, 1, 1];
      const cost = row % 5 === 0 ? [0, 0, 1, 0] : [1, 1, 1, 1];
      expect(flags).toEqual([...size, ...cost, 1]);
    }
    // What is known is what the whole row says, and of a gap that it is what a row without one has there.
    for (const [at, flag] of known.entries()) {
      const [row, place] = [Math.floor(at / dimension), at % dimension];
      const isGap = (place === 3 && row % 4 === 0) || (place === 6 && row % 5 === 0);
      if (flag === 1) expect(vectors[at]).toBe(whole[isGap ? dimension + place : at]);
    }
  });

  test("is nothing of columns that the file lacks, and of cells without a code", () => {
    const lacking = { rows: table.rows, columns: [table.columns[1]] };
    const { known: flags } = knownCells(encoding, lacking);
    const isCost = (at: number) => at % dimension >= 4 && at % dimension < 8;
    expect(flags.every((flag, at) => isCost(at) || flag === 0)).toBe(true);
    const odd = filledWith("never seen", 0, 0, 1);
    expect([...knownCells(encoding, odd).known]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test("no vector is decoded to a gap", () => {
    const { columns } = decodeFilled({ encoding }, whole);
    for (const { missing } of columns) expect(missing.includes(1)).toBe(false);
    const far = decodeFilled({ encoding }, new Float32Array(2 * dimension).fill(-1e30));
    for (const { missing } of far.columns) expect(missing.includes(1)).toBe(false);
  });

  test("a column of nothing but gaps keeps them", () => {
    const none = readTable(utf8(`size;cost;day\n;1,00;?\n;2,00;?\n`), "t.csv", schema).table;
    const empty = fitTableEncoding(schema, summarizeTable(none, schema, { smallestCount: 1 }));
    const filled = decodeFilled({ encoding: empty }, knownCells(empty, none).vectors);
    expect(filled.columns.map(({ missing }) => [...missing])).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
  });
});
