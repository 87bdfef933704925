import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvDialect, dialects } from "../../../src/data/formats/csv-dialects.js";
import { readSomehow } from "../../../src/experiment/init/file-data.js";

const read = (text: string) => readSomehow({ bytes: new TextEncoder().encode(text), source: "t.csv" });

/** A number as a dialect writes it: an integer, or one with a fraction. */
const numberIn = ({ decimal }: CsvDialect) =>
  fc.oneof(
    fc.integer({ min: -999, max: 999 }).map(String),
    fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 999 })).map((parts) => parts.join(decimal)),
  );

/** Tables of two or more columns, in any dialect that parts fields and fractions by different characters. */
const tables = fc.constantFrom(...dialects.filter(({ delimiter, decimal }) => delimiter !== decimal)).chain((dialect) =>
  fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 8, max: 30 }), fc.boolean())
    .chain(([width, height, named]) =>
      fc.record({
        dialect: fc.constant(dialect),
        names: fc.constant(named ? Array.from({ length: width }, (_, column) => `x${column}`) : undefined),
        cells: fc.array(fc.array(numberIn(dialect), { minLength: width, maxLength: width }), {
          minLength: height,
          maxLength: height,
        }),
      }),
    ),
);

const textOf = ({ delimiter }: CsvDialect, names: string[] | undefined, cells: string[][]) =>
  `${[...(names ? [names] : []), ...cells].map((row) => row.join(delimiter)).join("\n")}\n`;

/** Where the fields of a table are, of which one stands for no number. */
const oddities = ["", "NA", "nan", "oops", "1_000", "?", "12:30"];

describe("the dialect of a table", () => {
  it("with one odd or missing field is that of the others, and the error says where the field is", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...oddities),
        async ({ dialect, names, cells }, rowSeed, columnSeed, odd) => {
          fc.pre(!(dialect.delimiter === " " && odd === ""));
          const [row, column] = [1 + (rowSeed % (cells.length - 1)), columnSeed % cells[0].length];
          const damaged = cells.map((each, r) => each.map((cell, c) => (r === row && c === column ? odd : cell)));
          const line = row + (names ? 2 : 1);
          await expect(read(textOf(dialect, names, damaged))).rejects.toThrow(
            new RegExp(`^t\\.csv, line ${line}, column ${column}\\b.*found ${JSON.stringify(odd).replace("?", "\\?")}`),
          );
        },
      ),
    );
  });

  it("below names, one field too few is an error", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(), async ({ dialect, cells }, seed) => {
        const names = cells[0].map((_, column) => `x${column}`);
        const row = seed % cells.length;
        const shorter = cells.map((each, r) => (r === row ? each.slice(1) : each));
        await expect(read(textOf(dialect, names, shorter))).rejects.toThrow(`t.csv, line ${row + 2}`);
      }),
    );
  });

  it("of whole tables is found", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ dialect, names, cells }) => {
        const { dataset } = await read(textOf(dialect, names ?? cells[0].map((_, i) => `x${i}`), cells));
        const points = cells.flat().map((cell) => Number(cell.replace(",", ".")));
        expect(dataset.points).toEqual(Float32Array.from(points, (value) => value + 0));
      }),
    );
  });

  it.each([
    ["a column of measured integers with NA is none of classes", [1, 2, 3, 4, 5], "NA", "x"],
    ["nor is one that is called label", [0, 1, 0, 1, 1], "?", "label"],
  ])("%s", async (_, values, odd, name) => {
    const rows = Array.from({ length: 60 }, (_row, i) => `${i / 7},${i === 33 ? odd : values[i % 5]}`);
    await expect(read([`a,${name}`, ...rows].join("\n"))).rejects.toThrow(`line 35, column 1 ("${name}")`);
  });

  it("of two columns of integers without names is said to be in doubt, and of no other table", async () => {
    const doubt = /two numbers; where it is one number with a decimal comma, set delimiter to ";" and decimal to ","/;
    expect((await read("1,5\n2,5\n3,25\n")).doubt).toMatch(doubt);
    expect((await read("-1,5\r\n2,50\r\n")).doubt).toMatch(doubt);
    for (const text of [
      "a,b\n1,5\n2,5\n",
      "1,5,2\n2,5,3\n",
      "1,5\n2.5,5\n",
      "1,-5\n2,5\n",
      "1;5\n2;5\n",
      "x\n1,5\n2,5\n",
    ])
      expect((await read(text)).doubt, text).toBeUndefined();
  });

  it("of one column with decimal commas needs no other one", async () => {
    expect((await read("x\n1,5\n2\n3,25\n")).dataset.points).toEqual(Float32Array.of(1.5, 2, 3.25));
  });
});
