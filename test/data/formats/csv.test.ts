import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvOptions, readCsv } from "../../../src/data/formats/csv.js";
import { ArgumentError } from "../../../src/errors.js";
import { damaged, expectDataError } from "../../support/damage.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, options?: CsvOptions) => readCsv(bytesOf(text), "t.csv", options);

describe("readCsv", () => {
  it("reads rows of numbers", () => {
    expect(read("1,2.5\n-3,4e1\n")).toEqual({ dimension: 2, points: Float32Array.of(1, 2.5, -3, 40) });
  });

  it("reads CRLF, quotes, spaces, a byte order mark and blank lines at the end", () => {
    const expected = { dimension: 2, columns: ["a", 'b "in" m, net'], points: Float32Array.of(1, 2, 3, 4) };
    expect(read('\ufeff"a", b\r\n"1", 2\r\n3 ,"4"\r\n\r\n\r\n')).toEqual({ ...expected, columns: ["a", "b"] });
    expect(read('a,"b ""in"" m, net"\n1,2\n3,4')).toEqual(expected);
  });

  it("takes the first row for a header where nothing in it is a number, or as told", () => {
    expect(read("x,y\n1,2").columns).toEqual(["x", "y"]);
    expect(read("1,2\n3,4").columns).toBeUndefined();
    expect(read("1,2\n3,4", { header: true })).toEqual({
      dimension: 2,
      columns: ["1", "2"],
      points: Float32Array.of(3, 4),
    });
    expect(() => read("x,y\n1,2", { header: false })).toThrow(
      't.csv, line 1, column 0: expected a finite float32 number, found "x"',
    );
  });

  it("separates a label column, by name or by index", () => {
    const expected = { dimension: 2, points: Float32Array.of(1, 2, 4, 5), labels: Int32Array.of(3, 0) };
    expect(read("1,3,2\n4,0,5", { labelColumn: 1 })).toEqual(expected);
    expect(read("a,class,b\n1,3,2\n4,0,5", { labelColumn: "class" })).toEqual({ ...expected, columns: ["a", "b"] });
  });

  it("numbers labels that are no integers in sorted order", () => {
    const { labels, classes } = read("5.1,virginica\n4.9,setosa\n7,virginica", { labelColumn: 1 });
    expect(classes).toEqual(["setosa", "virginica"]);
    expect(labels).toEqual(Int32Array.of(1, 0, 1));
    expect(read("1,4294967296\n2,7", { labelColumn: 1 }).classes).toEqual(["4294967296", "7"]);
  });

  it("takes another delimiter", () => {
    expect(read("1;2\n3;4", { delimiter: ";" }).points).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(() => read("1", { delimiter: "\n" })).toThrow(ArgumentError);
  });

  it("reads European numbers, tabs and quoted fractions", () => {
    const points = Float32Array.of(1.5, -2.25, 3, 4e1);
    const european = { delimiter: ";", decimal: "," } as const;
    expect(read("1,5;-2,25\n3;4e1", european)).toEqual({ dimension: 2, points });
    expect(read("x;y\r\n1,5;-2,25\r\n3;4e1\r\n", european)).toEqual({ dimension: 2, points, columns: ["x", "y"] });
    expect(read("1.5\t-2.25\n3\t4e1", { delimiter: "\t" })).toEqual({ dimension: 2, points });
    expect(read('"1,5","-2,25"\n3,4e1', { decimal: "," })).toEqual({ dimension: 2, points });
    expect(read("0,1234567890123456789", { delimiter: ";", decimal: "," }).points[0]).toBe(Math.fround(0.12345679));
  });

  it.each<[string, string, CsvOptions, string]>([
    [
      "a decimal comma",
      'x,y\n1,"2,5"',
      {},
      't.csv, line 2, column 1 ("y"): expected a finite float32 number, found "2,5"; set decimal to ","',
    ],
    [
      "a decimal point",
      "1,5;2.5",
      { delimiter: ";", decimal: "," },
      't.csv, line 1, column 1: expected a finite float32 number, found "2.5"; set decimal to "."',
    ],
    [
      "semicolons",
      "1;2\n3;4",
      {},
      't.csv, line 1: expected names of columns, or numbers, found "1;2"; set delimiter to ";"',
    ],
    [
      "semicolons and decimal commas",
      "x;y\n1,5;2,5",
      {},
      't.csv, line 2: expected 1 fields, found 3; set delimiter to ";" and decimal to ","',
    ],
    ["tabs", "1\t2\n3\t4", {}, 'set delimiter to "\\t"'],
    [
      "years as names",
      "name,2020\n1,2",
      {},
      't.csv, line 1, column 0: expected a finite float32 number, found "name"; set header to true',
    ],
  ])("says what to set for %s", (_, content, options, message) => {
    expect(() => read(content, options)).toThrow(message);
  });

  it.each<[string, string, CsvOptions, string]>([
    ["a text", "1,2\n3,x", {}, 'found "x"; write it as a number'],
    ["an empty field", "a,b\n1,2\n3,", {}, 'found ""; fill empty fields in, or leave their rows out'],
    [
      "several empty fields",
      "a,b\n1,2\n3,\n4,\n5,6\n7,\n8,\n",
      {},
      'line 3, column 1 ("b"): expected a finite float32 number, found ""; fill empty fields in, or leave their rows out; ' +
        "4 of 6 rows have no number in this column, lines 3, 4, 6, ...",
    ],
    ["a missing number", "a\nNA\n1", {}, 'found "NA"; fill missing numbers in'],
    ["infinity", "1\n-Infinity", {}, "infinite values are no data"],
    ["a number beyond float32", "1\n1e39", {}, 'found "1e39"; float32 ends at 3.4e38: rescale the column'],
    ["a number beyond float64", "1\n1e999", {}, "float32 ends at 3.4e38"],
    ["hexadecimal", "1\n0x10", {}, "write numbers in decimal"],
    ["thousands", '1\n"1,234.5"', {}, 'found "1,234.5"; write numbers without separators of thousands'],
    [
      "thousands or a decimal comma",
      '1\n"1,234"',
      {},
      'set decimal to "," where that is the decimal character, else write numbers without separators of thousands',
    ],
    ["an underscore", "1,2\n1_000,3", {}, 'found "1_000"; leave out U+005F (underscore)'],
    ["a no-break space", "1\n1\u00a0000", {}, "leave out U+00A0 (no-break space)"],
    ["a no-break space at the end", "1\n5\u00a0", {}, "leave out U+00A0 (no-break space)"],
    [
      "a narrow no-break space beside a decimal comma",
      "1;2\n1\u202f000,5;3",
      { delimiter: ";" },
      'set decimal to "," and leave out U+202F (narrow no-break space)',
    ],
    ["a minus sign", "1\n\u22125.5", {}, 'write "-" for U+2212 (minus sign)'],
    [
      "a minus sign and a thin space",
      "1\n\u22125\u2009000",
      {},
      'write "-" for U+2212 (minus sign) and leave out U+2009 (thin space)',
    ],
    ["other digits", "1\n\uff11\uff12", {}, "write digits as 0 to 9"],
    ["a first row of minus signs", "\u22121,\u22122\n3,4", {}, "set header to true or to false"],
    ["a first row of money", "$1,\u20ac2\n3,4", {}, "set header to true or to false"],
    ["a first row in brackets", "(1),(2)\n3,4", {}, "set header to true or to false"],
    ["a date", "t,x\n2020-01-31,1\n2020-02-01,2", {}, "write dates and times as numbers"],
    ["a time", "t,x\n12:30,1", {}, "write dates and times as numbers"],
    ["truth", "t,x\nTrue,1", {}, "write 1 and 0"],
    ["units", "t,x\n5 kg,1", {}, "write numbers alone, without units"],
    ["a currency", "t,x\n$5,1", {}, "write numbers alone, without units"],
    ["a column of texts", "x,kind\n1,a\n2,b", {}, 'set labelColumn to "kind" where it is the class of a row'],
    [
      "two columns of texts",
      "x,kind,place\n1,a,k\n2,b,k",
      {},
      'columns "kind" and "place" hold texts: one may be labelColumn, write others as numbers',
    ],
    ["a mistyped label", "x,species\n1,a\n2,b", { labelColumn: "specis" }, 'set labelColumn to "species"'],
  ])("says what to do about %s", (_, content, options, message) => {
    expect(() => read(content, options)).toThrow(message);
  });

  it.each([
    ["an empty file", "\r\n", {}, "t.csv, line 1: expected a row of fields"],
    ["a header alone", "a,b\n", {}, "t.csv, line 1: expected rows of numbers below it"],
    ["a short row", "1,2\n3\n", {}, "t.csv, line 2: expected 2 fields, found 1"],
    ["a long row", "1,2\n3,4,5,6\n", {}, "t.csv, line 2: expected 2 fields, found 4"],
    ["a blank line inside", "1,2\n\n3,4\n", {}, "t.csv, line 2: expected 2 fields, found 1"],
    [
      "a missing value",
      "a,b\n1,2\n3,\n",
      {},
      't.csv, line 3, column 1 ("b"): expected a finite float32 number, found ""',
    ],
    ["a NaN", "1,2\nnan,4\n", {}, 't.csv, line 2, column 0: expected a finite float32 number, found "nan"'],
    [
      "a number beyond float32",
      "1,1e39\n",
      {},
      't.csv, line 1, column 1: expected a finite float32 number, found "1e39"',
    ],
    ["text", '1,2\n3,"x"\n', {}, 'line 2, column 1: expected a finite float32 number, found "x"'],
    ["an open quote", '1,2\n3,"4\n5,6\n', {}, "t.csv, line 2: expected a closing quote"],
    [
      "text behind a quote",
      '"1"x,2\n',
      {},
      't.csv, line 1: expected a delimiter or a line end behind a closing quote, found "x"',
    ],
    [
      "an unknown label",
      "a,b\n1,2\n",
      { labelColumn: "c" },
      't.csv, line 1: expected a header with exactly one column "c", found "a, b"',
    ],
    ["an ambiguous label", "a,a\n1,2\n", { labelColumn: "a" }, 'exactly one column "a"'],
    ["a named label without a header", "1,2\n", { labelColumn: "a" }, 'found "no header"'],
    [
      "a label index beyond the row",
      "1,2\n",
      { labelColumn: 2 },
      "t.csv, line 1: expected a label column with index 2",
    ],
    ["an empty label", "1,2\n1,\n", { labelColumn: 1 }, "t.csv, line 2: expected a label"],
    [
      "nothing but labels",
      "1\n2\n",
      { labelColumn: 0 },
      "t.csv, line 1: expected a column of numbers beside the label",
    ],
  ])("refuses %s", (_, text, options, message) => {
    expect(() => read(text, options)).toThrow(message);
  });

  it("counts lines across quoted line ends", () => {
    expect(() => read('"a\nb",c\n1,2\n3,x\n')).toThrow("t.csv, line 4, column 1");
  });

  it("reads back every table of float32", () => {
    const value = fc.float({ noDefaultInfinity: true, noNaN: true });
    const rows = fc
      .integer({ min: 1, max: 5 })
      .chain((d) => fc.array(fc.array(value, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 20 }));
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.boolean(), (table, lineEnd, quoted) => {
        const field = (number: number) => (quoted ? `"${number}"` : String(number));
        const text = table.map((row) => row.map(field).join(",")).join(lineEnd);
        expect(read(text, { header: false })).toEqual({
          dimension: table[0].length,
          points: Float32Array.from(table.flat(), (x) => x + 0),
        });
      }),
    );
  });

  it("throws FEDSCORE_INVALID_DATA or reads, whatever happened to the file", () => {
    const file = bytesOf('a,"b",class\r\n1,2.5,x\r\n"-3",4e1,"y ""z"""\r\n5,6,x\r\n');
    fc.assert(
      fc.property(
        fc.oneof(damaged(file), fc.uint8Array({ maxLength: 40 })),
        fc.constantFrom({}, { labelColumn: 2 }, { header: true }),
        (bytes, options) => {
          try {
            const { points, dimension } = readCsv(bytes, "broken.csv", options);
            expect(points.every(Number.isFinite)).toBe(true);
            expect(points.length % dimension).toBe(0);
          } catch (error) {
            expectDataError(error, "broken.csv");
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
