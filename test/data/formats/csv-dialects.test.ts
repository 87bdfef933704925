import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type CsvOptions, readCsv } from "../../../src/data/formats/csv.js";
import { readDataset } from "../../../src/data/read.js";
import { isFedscoreError } from "../../../src/errors.js";

const rows = [
  [0.12573, -0.132105, 0.640423],
  [0.1049, -0.535669, 0.361595],
  [1.304, 0.947081, -0.703735],
];
const points = Float32Array.from(rows.flat());
const lines = (delimiter: string, text: (value: unknown) => string = String) =>
  rows.map((row) => row.map((each) => text(each)).join(delimiter));
const plain = lines(",");
const named = ["x,y,z", ...plain];
const comma = (value: unknown) => String(value).replace(".", ",");
const scientific = (value: unknown) => Number(value).toExponential(18);
const utf16 = (text: string, bom = "\ufeff") => new Uint8Array(Buffer.from(bom + text, "utf16le"));
const file = (content: string | Uint8Array, source = "t.csv") => ({
  bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
  source,
});

/** The dataset, or the message of the refusal. */
async function reading(content: string | Uint8Array, options: CsvOptions = {}) {
  try {
    return await readDataset(file(content), { format: { kind: "csv", ...options } });
  } catch (error) {
    if (!isFedscoreError(error) || error.code !== "FEDSCORE_INVALID_DATA") throw error;
    return error.message;
  }
}

describe("tables as other programs write them", () => {
  it.each<[string, string | Uint8Array, CsvOptions, string]>([
    ["names", named.join("\n"), {}, 'line 1 taken for a header: "x", "y", "z"; delimiter ","; 3 rows of 3 numbers'],
    ["names, as told", named.join("\n"), { header: true }, 'line 1 is the header: "x", "y", "z"; '],
    ["column numbers, as told", ["0,1,2", ...plain].join("\n"), { header: true }, "line 1 is the header"],
    ["pixels", ["label,1x1,1x2", ...plain].join("\n"), {}, "line 1 taken for a header"],
    ["years, as told", ["2019,2020,2021", ...plain].join("\n"), { header: true }, "line 1 is the header"],
    [
      "a line for Excel",
      ["sep=;", ...lines(";", comma)].join("\r\n"),
      { delimiter: ";", decimal: "," },
      'line 1, "sep=;", left out; no header',
    ],
    [
      "a line for Excel in UTF-16",
      utf16(["sep=\t", "x\ty\tz", ...lines("\t")].join("\r")),
      { delimiter: "\t" },
      "line 2 taken for a header",
    ],
    ["carriage returns", named.join("\r"), {}, "3 rows of 3 numbers"],
    ["blank lines before and after", `\n\r\n${plain.join("\n")}\n\n`, {}, "no header"],
    ["comments", ["# made by tool v1", ...named, "# end"].join("\n"), {}, "2 lines with # left out"],
    ["semicolons", ["x;y;z", ...lines(";")].join("\n"), { delimiter: ";" }, 'delimiter ";"'],
    ["decimal commas", lines(";", comma).join("\n"), { delimiter: ";", decimal: "," }, "decimal comma"],
    ["tabs", ["x\ty\tz", ...lines("\t")].join("\r\n"), { delimiter: "\t" }, 'delimiter "\\t"'],
    ["numpy.savetxt", lines(" ", scientific).join("\n"), { delimiter: " " }, 'delimiter " "'],
    [
      "aligned columns",
      lines(" \t ")
        .map((line) => `  ${line} `)
        .join("\n"),
      { delimiter: " " },
      'delimiter " "',
    ],
    ["delimiters at the end", ["x,y,z,", ...plain.map((line) => `${line},`)].join("\n"), {}, "delimiter at the end"],
    ["delimiters at the end, no names", plain.map((line) => `${line},`).join("\n"), {}, "delimiter at the end"],
    ["UTF-16", utf16(named.join("\n")), {}, "read as UTF-16"],
    ["UTF-16, big end first", utf16(named.join("\n")).map((_, i, all) => all[i ^ 1]), {}, "read as UTF-16"],
    ["UTF-8 with its mark", `\ufeff${named.join("\n")}`, {}, "taken for a header"],
  ])("%s are read, and how is said", async (_, content, options, how) => {
    expect(await reading(content, options)).toMatchObject({
      points,
      dimension: 3,
      reading: expect.stringContaining(how),
    });
  });

  it.each<[string, string | Uint8Array, CsvOptions, string]>([
    [
      "column numbers for a header",
      ["0,1,2", ...plain].join("\n"),
      {},
      't.csv, line 1: expected names of columns, or numbers, found "0,1,2"; set header to true or to false: ' +
        "it may be numbers of the columns, as pandas writes them, or a row of data",
    ],
    [
      "years for a header",
      ["2019,2020,2021", ...plain].join("\n"),
      {},
      't.csv, line 1: expected names of columns, or numbers, found "2019,2020,2021"; set header to true or to false: ' +
        "it may be numbers that name the columns, such as years, or a row of data",
    ],
    ["years above counts", "2019,2020,2021\n13,25,31\n7,8,1700\n", {}, "set header to true or to false"],
    [
      "years above decimal commas",
      ["2019;2020;2021;", ...lines(";", comma).map((line) => `${line};`)].join("\n"),
      { delimiter: ";", decimal: "," },
      "numbers that name the columns",
    ],
    [
      "years behind a class",
      [",2019,2020,2021", ...plain.map((line, i) => `${"ab"[i % 2]},${line}`)].join("\n"),
      { labelColumn: 0 },
      "numbers that name the columns",
    ],
    [
      "a line for Excel that says otherwise",
      ["sep=;", ...lines(";", comma)].join("\n"),
      {},
      't.csv, line 1: expected the delimiter ",", found "sep=;"; set delimiter to ";" and decimal to ",", or delete the line',
    ],
    [
      "a line for Excel that is not true",
      ["SEP=;", ...plain].join("\n"),
      {},
      'set delimiter to ";", or delete the line',
    ],
    ["a field below a line for Excel", '"sep=,"\n1,2\n3,x', {}, "t.csv, line 3, column 1"],
    [
      "a first row of NaN",
      ["NaN,NaN,NaN", ...plain].join("\n"),
      {},
      't.csv, line 1, column 0: expected a finite float32 number, found "NaN"; fill missing',
    ],
    ["NaN beside a name", ["x,NaN,z", ...plain].join("\n"), {}, "set header to true or to false"],
    ["a first row of dates", "2020-01-01,1:30\n3,4", {}, "set header to true or to false"],
    ["hexadecimal numbers", "0x10,0x11\n0x12,0x13", {}, "it may be names, or a row of numbers that cannot be read"],
    [
      "row numbers of pandas",
      [",x,y", ...plain.map((line, i) => `${i},${line.split(",", 2)}`)].join("\n"),
      {},
      'found "numbers of the rows from 0"; write the file without them (index=False in pandas',
    ],
    [
      "row numbers of R",
      ['"","x","y"', ...plain.map((line, i) => `"${i + 1}",${line.split(",", 2)}`)].join("\n"),
      {},
      "row.names = FALSE in R",
    ],
    [
      "row and column numbers of pandas",
      [",0,1", ...plain.map((line, i) => `${i},${line.split(",", 2)}`)].join("\n"),
      {},
      "set header to true or to false",
    ],
    ["names of rows", ["x,y", ...plain].join("\n"), {}, "rows have one field more than the header"],
    [
      "delimiters at the end of rows alone",
      ["x,y,z", ...plain.map((line) => `${line},`)].join("\n"),
      {},
      "rows end with a delimiter, the header does not",
    ],
    [
      "a value behind the last delimiter",
      ["x,y,", "1,2,", "3,4,5"].join("\n"),
      {},
      't.csv, line 3: expected nothing behind the last delimiter, as in the rows above, found "5"',
    ],
    ["a blank line inside", "1,2\n\n3,4", {}, "the line is blank: leave it out"],
    ["semicolons", ["x;y;z", ...lines(";")].join("\n"), {}, 'set delimiter to ";"'],
    [
      "semicolons and decimal commas",
      ["x;y;z", ...lines(";", comma)].join("\n"),
      {},
      'set delimiter to ";" and decimal to ","',
    ],
    ["semicolons without names", lines(";", comma).join("\n"), {}, 'set delimiter to ";" and decimal to ","'],
    ["tabs", ["x\ty\tz", ...lines("\t")].join("\n"), {}, 'set delimiter to "\\t"'],
    ["blanks", lines(" ", scientific).join("\n"), {}, 'set delimiter to " "'],
    ["aligned columns and commas as told", plain.join("\n"), { delimiter: " " }, 'set delimiter to ","'],
    ["a label in another dialect", "x;class\n1;a\n2;b", { labelColumn: "class" }, 'set delimiter to ";"'],
    [
      "UTF-16 without its mark",
      utf16(named.join("\n"), ""),
      {},
      'expected text, found "UTF-16 without a byte order mark"; save it as UTF-8',
    ],
    [
      "bytes that are no text",
      Uint8Array.of(0x31, 0x2c, 0x05, 0xff, 0x0a),
      {},
      't.csv, byte 2: expected text, found "binary data"',
    ],
  ])("%s are refused with the way out", async (_, content, options, message) => {
    expect(await reading(content, options)).toContain(message);
  });

  it("a class may begin with #, a row may not", () => {
    const read = (text: string, options: CsvOptions) => readCsv(file(text).bytes, "t.csv", options);
    expect(read("#a,1\n#b,2", { labelColumn: 0 })).toMatchObject({ classes: ["#a", "#b"] });
    expect(read("# comment\nclass,x\n#a,1\n#b,2", { labelColumn: "class" })).toMatchObject({ classes: ["#a", "#b"] });
    expect(read("1,2\n# comment\n3,4\n", {}).points).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("lines count whatever ends them", () => {
    const fail = (text: string) => () => readCsv(file(text).bytes, "t.csv");
    expect(fail('a,b\r1,2\r3,"x\ry"')).toThrow("t.csv, line 3, column 1");
    expect(fail('# c\r\n\r\n"a\r\nb",c\r\n1,x')).toThrow("t.csv, line 5, column 1");
  });

  it("what other programs call a table is told by its first bytes", () => {
    expect(() => readCsv(new Uint8Array(gzipSync("1,2")), "t.csv")).toThrow("gzip-compressed data");
    expect(() => readCsv(new TextEncoder().encode("PK\u0003\u0004xl/"), "t.csv")).toThrow(
      'found "a zip archive"; unpack it first',
    );
  });
});
