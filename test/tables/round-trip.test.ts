/** Any table is itself again: through a file, and through vectors where the summary tells all values. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeTable,
  encodeTable,
  fitTableEncoding,
  mergeSummaries,
  readTable,
  summarizeTable,
  type Table,
  type TableField,
  type TableSchema,
  writeTable,
} from "../../src/entries/tables.js";
import { uniqueNames } from "../../src/tables/csv/header.js";
import { tries } from "../support/thorough.js";
import { cellsOf, utf8 } from "./support.js";

const nasty = fc.constantFrom(
  ..."=1+1,=HYPERLINK(\"x\"),+49 170,-2+3,@sum,\tx,'=x,''=x,',\",\"\",a;b,a\tb,NA, x,x ,ä€,\u{1f600},=,-,'".split(","),
  "a,b",
  "line\nbreak",
  "line\r\nbreak",
  "\r",
);
const text = fc.oneof(nasty, fc.string({ minLength: 1, unit: "binary" }));
const day = fc.integer({ min: -719528, max: 2932896 });
const oddDay = fc.constantFrom(-25567, 11016, -36159, 19782, -141427, 0);
const odd = fc.constantFrom(
  0,
  -0,
  1e308,
  -1e308,
  Number.MAX_VALUE,
  5e-324,
  0.1,
  1 / 3,
  -2.5,
  2 ** 53,
  1e-7,
  123456.789,
);

interface Kind {
  readonly field: DistributiveOmit<TableField, "name">;
  readonly cell: fc.Arbitrary<number | string>;
}
type DistributiveOmit<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

const kinds: readonly Kind[] = [
  { field: { type: "number" }, cell: fc.oneof(odd, fc.double({ noNaN: true, noDefaultInfinity: true })) },
  {
    field: { type: "number", format: "0.0#", decimalChar: ",", groupChar: "." },
    cell: fc.integer({ min: -1e9, max: 1e9 }).map((k) => k / 100),
  },
  { field: { type: "integer" }, cell: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger()) },
  { field: { type: "integer", groupChar: " ", constraints: { minimum: 0 } }, cell: fc.nat() },
  { field: { type: "string" }, cell: text },
  { field: { type: "string", constraints: { enum: ["b", "a", "=c"] } }, cell: fc.constantFrom("b", "a", "=c") },
  { field: { type: "boolean", trueValues: ["Y"], falseValues: ["N"] }, cell: fc.constantFrom("true", "false") },
  { field: { type: "date" }, cell: fc.oneof(oddDay, day) },
  { field: { type: "date", format: "%-d.%-m.%Y" }, cell: fc.oneof(oddDay, day) },
  { field: { type: "date", calendar: ["year", "week"] }, cell: fc.oneof(oddDay, day) },
  {
    field: { type: "datetime", calendar: ["year", "week", "day"] },
    cell: fc.integer({ min: -6e10, max: 2.5e11 }).map((second) => second / 86400),
  },
  { field: { type: "datetime" }, cell: fc.integer({ min: -6e10, max: 2.5e11 }).map((second) => second / 86400) },
  {
    field: { type: "datetime", format: "%d/%m/%y %H:%M", missingValues: ["?"] },
    cell: fc.integer({ min: 0, max: 3e7 }).map((minute) => minute / 1440),
  },
];

/** Cells of a column: any, all the same, or all gaps. */
function cells(cell: Kind["cell"], rows: number): fc.Arbitrary<(number | string | null)[]> {
  const gappy = fc.oneof({ weight: 4, arbitrary: cell }, { weight: 1, arbitrary: fc.constant(null) });
  const many = fc.array(gappy, { minLength: rows, maxLength: rows });
  const same = fc.oneof(cell, fc.constant(null)).map((each) => new Array<typeof each>(rows).fill(each));
  return fc.oneof({ weight: 3, arbitrary: many }, { weight: 1, arbitrary: same });
}

const tables = fc.integer({ min: 1, max: 30 }).chain((rows) =>
  fc
    .array(
      fc
        .constantFrom(...kinds)
        .chain((kind) =>
          fc.tuple(fc.constant(kind), fc.oneof(fc.constantFrom("", "a", "=x"), text), cells(kind.cell, rows)),
        ),
      { minLength: 1, maxLength: 6 },
    )
    .map((columns) => tableFrom(rows, columns)),
);

function tableFrom(rows: number, given: readonly (readonly [Kind, string, readonly (number | string | null)[]])[]) {
  const fields = given.map(([{ field }, title], at) => ({ ...field, name: `c${at}`, title }) as TableField);
  const columns: Table["columns"] = given.map(([{ field }, , values], at) => {
    const name = `c${at}`;
    const missing = Uint8Array.from(values, (value) => (value === null ? 1 : 0));
    if (values.every((value) => typeof value !== "string") && !["string", "boolean"].includes(field.type))
      return { kind: "number", name, missing, values: Float64Array.from(values, (value) => Number(value ?? 0)) };
    const closed =
      field.type === "boolean" ? ["false", "true"] : field.type === "string" ? field.constraints?.enum : [];
    const categories = closed ?? [...new Set(values.filter((value) => value !== null).map(String))].sort();
    const codes = Uint32Array.from(values, (value) => Math.max(0, categories.indexOf(String(value))));
    return { kind: "category", name, missing, categories, codes };
  });
  return { table: { rows, columns }, schema: { fields } satisfies TableSchema };
}

const dialects = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  lineEnd: fc.constantFrom("\n" as const, "\r\n" as const, "\r" as const),
  encoding: fc.constantFrom("utf-8" as const, "utf-16le" as const, "utf-16be" as const),
  byteOrderMark: fc.constant(true),
  quoteAll: fc.boolean(),
  endsLastLine: fc.boolean(),
  separatorLine: fc.boolean(),
});

describe("any table", () => {
  it("is read as it was written, in any dialect, and written with the same bytes again", () => {
    fc.assert(
      fc.property(tables, dialects, ({ table, schema }, dialect) => {
        const bytes = writeTable(table, schema, dialect);
        const named = namedAsRead(schema);
        const read = readTable(bytes, "t.csv", named, { delimiter: dialect.delimiter });
        expect(Object.values(cellsOf(read.table))).toEqual(Object.values(cellsOf(table)).map(positive));
        expect(Buffer.from(writeTable(read.table, named, read.dialect)).equals(bytes)).toBe(true);
      }),
      { numRuns: tries(150, 5000), seed: 17 },
    );
  });

  it("is itself after its vectors, where the summary tells all values", () => {
    fc.assert(
      fc.property(tables, ({ table, schema }) => {
        const all = { smallestCount: 1, quantiles: 1e6 };
        const encoding = fitTableEncoding(schema, summarizeTable(table, schema, all), { knots: 1e6, mostOneHot: 6 });
        const { vectors, unknown } = encodeTable(encoding, table);
        expect(unknown).toEqual({});
        const { columns } = decodeTable(encoding, vectors, table.rows);
        expect(cellsOf({ rows: table.rows, columns })).toEqual(
          Object.fromEntries(Object.entries(cellsOf(table)).map(([name, values]) => [name, positive(values)])),
        );
      }),
      { numRuns: tries(150, 5000), seed: 17 },
    );
  });

  it("is decoded from any vectors, to cells that its schema reads", () => {
    const coordinate = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -4, max: 4, noNaN: true }),
    );
    fc.assert(
      fc.property(tables, fc.array(coordinate, { minLength: 40, maxLength: 40 }), ({ table, schema }, numbers) => {
        const encoding = fitTableEncoding(schema, summarizeTable(table, schema, { smallestCount: 2 }));
        const vectors = Float32Array.from({ length: 3 * encoding.dimension }, (_, at) => numbers[at % 40] ?? 0);
        const decoded = decodeTable(encoding, vectors, 3);
        const bytes = writeTable(decoded, schema);
        const read = readTable(bytes, "t.csv", namedAsRead(schema), { delimiter: "," });
        expect(Object.values(cellsOf(read.table))).toEqual(Object.values(cellsOf(decoded)));
      }),
      { numRuns: tries(60, 2000), seed: 17 },
    );
  });

  it("has 5,000 categories and one distinct value a row", () => {
    const rows = Array.from({ length: 5000 }, (_, row) => `name ${(row * 7919) % 5000},${((row * 7919) % 5000) / 8},x`);
    const bytes = utf8(`who,much,constant\n${rows.join("\n")}\n`);
    const schema: TableSchema = {
      fields: [
        { name: "who", type: "string" },
        { name: "much", type: "number", format: "0.000" },
        { name: "constant", type: "string" },
      ],
    };
    const { table } = readTable(bytes, "t.csv", schema);
    const parts = [summarizeTable(table, schema, { smallestCount: 1, quantiles: 5000 })];
    const encoding = fitTableEncoding(schema, mergeSummaries(parts), { knots: 5000 });
    expect(encoding.dimension).toBe(13 + 1);
    const { vectors } = encodeTable(encoding, table);
    expect(cellsOf(decodeTable(encoding, vectors))).toEqual(cellsOf(table));
  });
});

/** -0 is read as 0. */
function positive(values: readonly (string | number | null)[]): (string | number | null)[] {
  return values.map((value) => (value === 0 ? 0 : value));
}

/** The fields with the names that the columns of a file with their titles have. */
function namedAsRead({ fields }: TableSchema): TableSchema {
  const names = uniqueNames(fields.map(({ title }) => title ?? ""));
  return { fields: fields.map((field, at) => ({ ...field, name: names[at] ?? "" })) };
}
