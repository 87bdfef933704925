import { describe, expect, it } from "vitest";
import { inferTableSchema, readTable, type TableSchema, writeTable } from "../../../src/entries/tables.js";
import { cellsOf, readInferred, textOf, utf8 } from "../support.js";

const schema: TableSchema = {
  fields: [
    { name: "who", type: "string" },
    { name: "x", type: "integer" },
  ],
};
const read = (bytes: Uint8Array, options = {}) => readTable(bytes, "t.csv", schema, options);
const reading =
  (text: string, options = {}) =>
  () =>
    read(utf8(text), options);

function utf16(text: string, isLittle: boolean, mark: boolean): Uint8Array {
  const units = `${mark ? "\ufeff" : ""}${text}`;
  const bytes = new DataView(new ArrayBuffer(2 * units.length));
  for (let at = 0; at < units.length; at++) bytes.setUint16(2 * at, units.charCodeAt(at), isLittle);
  return new Uint8Array(bytes.buffer);
}

describe("reading", () => {
  const text = 'who;x\r\n"Zoë ""Z"";\r\nß";7\r\nÅse;-3\r\n';
  const cells = { who: ['Zoë "Z";\r\nß', "Åse"], x: [7, -3] };

  it.each([
    ["UTF-8", utf8(text), "utf-8", false],
    ["UTF-8 with a byte order mark", utf8(`\ufeff${text}`), "utf-8", true],
    ["UTF-16LE with a mark", utf16(text, true, true), "utf-16le", true],
    ["UTF-16BE with a mark", utf16(text, false, true), "utf-16be", true],
    ["UTF-16LE without", utf16(text, true, false), "utf-16le", false],
    ["UTF-16BE without", utf16(text, false, false), "utf-16be", false],
    ["Latin-1", Uint8Array.from(text, (character) => character.charCodeAt(0)), "windows-1252", false],
  ])(
    "knows %s, the delimiter, quotes and line ends, and writes the same bytes",
    (_, bytes, encoding, byteOrderMark) => {
      const { table, dialect } = read(bytes);
      expect(cellsOf(table)).toEqual(cells);
      expect(dialect).toMatchObject({ encoding, byteOrderMark, delimiter: ";", lineEnd: "\r\n" });
      expect(writeTable(table, schema, dialect)).toEqual(bytes);
    },
  );

  it.each([
    ["tabs", "who\tx\na,b;c\t1\n", "\t"],
    ["bars", "who|x\na|1\n", "|"],
    ["a line that names it", 'sep=;\nwho,x;y\n"a;b";1\n', ";"],
    ["decimal commas beside it", "who;x\n1,5;2\n2,5;3\n", ";"],
    ["one column", "x\n1\n", ","],
  ])("tells the delimiter from %s", (_, text, delimiter) => {
    expect(inferTableSchema(utf8(text), "t.csv").dialect.delimiter).toBe(delimiter);
  });

  it("takes the columns of the schema, in its order, and leaves out others", () => {
    const { table } = read(utf8("id,x,who\n1,5,a\n2,,\n"));
    expect(Object.entries(cellsOf(table))).toEqual([
      ["who", ["a", null]],
      ["x", [5, null]],
    ]);
  });

  it("names columns that have no name, or that of another", () => {
    const { schema, table } = readInferred("a,a,,a (2),\n1,2,3,4,5\n");
    expect(schema.fields.map(({ name }) => name)).toEqual(["a", "a (3)", "column 3", "a (2)", "column 5"]);
    expect(cellsOf(table)).toEqual({ a: [1], "a (3)": [2], "column 3": [3], "a (2)": [4], "column 5": [5] });
    expect(textOf(writeTable(table, schema))).toBe("a,a,,a (2),\n1,2,3,4,5\n");
  });

  it("takes a blank line for a gap of a table's only column, and for nothing in others", () => {
    expect(cellsOf(readInferred("x\n1\n\n2\n").table)).toEqual({ x: [1, null, 2] });
    expect(cellsOf(read(utf8("who,x\na,1\n\nb,2\n\n")).table)).toEqual({ who: ["a", "b"], x: [1, 2] });
  });

  it.each([
    [
      "a cell of another type",
      'who,x\n"a\nb",1\nc,1.5\n',
      't.csv, line 4, column "x": expected an integer, found "1.5"',
    ],
    ["an integer that doubles have not", "who,x\na,12345678901234567890\n", 'line 2, column "x": expected an integer'],
    ["a row that is too long", "who,x\na,1\nb,2,3\n", "t.csv, line 3: expected 2 cells, as in the header, found 3"],
    ["a quote that is not closed", 'who,x\na,1\n"b,2\n', "t.csv, line 3: expected cells whose quotes are closed"],
    ["a column that is not there", "who,y\na,1\n", 't.csv, header: expected the column "x", found "the columns'],
    ["nothing", "", "t.csv, line 1: expected a header that names the columns"],
    ["binary data", "who,x\0\0\0", "expected text, found"],
    ["a picture", "\x89PNG\r\n\x1a\n", "expected text, found"],
  ])("refuses %s with the place", (_, text, message) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({ code: "FEDSCORE_INVALID_DATA", message: expect.stringContaining(message) }),
    );
  });

  it("makes gaps of cells that do not fit, and counts them", () => {
    const { table, invalid } = read(utf8("who,x\na,1\nb,many\nc,\nd,2 or 3\n"), { onInvalid: "missing" });
    expect([cellsOf(table).x, invalid]).toEqual([[1, null, null, null], { x: 2 }]);
  });

  it("refuses options that it does not have", () => {
    expect(reading("who,x\na,1\n", { onInvalid: "skip" })).toThrow('csv.onInvalid must be one of "error" or "missing"');
  });
});

describe("writing", () => {
  it("leaves nothing that a spreadsheet would execute, and reads it back", () => {
    const words = ["=1+1", "+49 170", "-2+3", "@sum", "\tx", "'=x", "''@", "-5", "+3.5", "'", "'a", "\uff1dx"];
    const column = {
      kind: "category" as const,
      name: "who",
      categories: words,
      codes: Uint32Array.from(words.keys()),
      missing: new Uint8Array(12),
    };
    const table = { rows: 12, columns: [column] };
    const one: TableSchema = { fields: [{ name: "who", title: "=who", type: "string" }] };
    const written = textOf(writeTable(table, one));
    expect(written.split("\n").slice(0, -1)).toEqual([
      "'=who",
      "'=1+1",
      "'+49 170",
      "'-2+3",
      "'@sum",
      "'\tx",
      "''=x",
      "'''@",
      "-5",
      "+3.5",
      "'",
      "'a",
      "'\uff1dx",
    ]);
    const named: TableSchema = { fields: [{ name: "=who", type: "string" }] };
    expect(cellsOf(readTable(utf8(written), "t.csv", named).table)["=who"]).toEqual(words);
  });

  it("keeps decimals, groups, dates, booleans and texts for gaps as they were", () => {
    const text = "a;b;c;d;e\n1.234,50;N;31.12.1899;29.2.2024 7:05;NA\n0,00;J;01.01.2000;1.3.2024 17:45;0,5\n";
    const yes = { trueValues: ["J"], falseValues: ["N"], type: "boolean" as const };
    const { schema, columns } = inferTableSchema(utf8(text), "t.csv", { overrule: { b: yes } });
    const { table, dialect } = readTable(utf8(text), "t.csv", schema);
    expect(columns.map(({ field }) => field.type)).toEqual(["number", "boolean", "date", "datetime", "number"]);
    expect(cellsOf(table)).toMatchObject({ a: [1234.5, 0], b: ["false", "true"], c: [-25568, 10957], e: [null, 0.5] });
    expect(textOf(writeTable(table, schema, dialect))).toBe(text);
  });

  it("writes the characters in which Windows-1252 is not Latin-1", () => {
    const bytes = Uint8Array.of(...utf8("who,x\n"), 0x80, 0x93, 0xfc, ...utf8(",1\n"));
    const { table, dialect } = read(bytes);
    expect(cellsOf(table).who).toEqual(["\u20ac\u201c\u00fc"]);
    expect(writeTable(table, schema, dialect)).toEqual(bytes);
  });

  it("refuses characters that the encoding does not have", () => {
    const { table } = read(utf8("who,x\n\u4e2d,1\n"));
    expect(() => writeTable(table, schema, { encoding: "windows-1252" })).toThrow(
      'dialect.encoding must have the character "\u4e2d"',
    );
  });

  it("refuses cells that no column has", () => {
    const missing = new Uint8Array(1);
    const who = { kind: "category" as const, name: "who", categories: ["a"], codes: Uint32Array.of(1), missing };
    const x = { kind: "number" as const, name: "x", values: Float64Array.of(Number.NaN), missing };
    expect(() => writeTable({ rows: 1, columns: [who, x] }, schema)).toThrow(
      'table column "who".codes[0] must lie below 1',
    );
    const right = { ...who, codes: Uint32Array.of(0) };
    expect(() => writeTable({ rows: 1, columns: [right, x] }, schema)).toThrow(
      'table column "x".values[0] must be finite',
    );
    expect(() => writeTable({ rows: 1, columns: [right] }, schema)).toThrow(
      'table must have the number column "x", got "none"',
    );
  });
});
