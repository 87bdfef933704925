import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inferTableFile, readTableFile, type TableSchema } from "../../../src/entries/tables.js";
import { loadPackage } from "../../../src/load-package.js";
import { sliceBytes } from "../../../src/tables/file/slices.js";
import { cellsOf } from "../support.js";

/** Files of typed columns that other implementations wrote: test/golden/typed-tables.mjs. */
const folder = new URL("../../golden/typed-tables/", import.meta.url);
const golden = (name: string) => sliceBytes(new Uint8Array(readFileSync(new URL(name, folder))));

const fields = [
  { name: "whole", type: "integer" },
  { name: "long", type: "integer" },
  { name: "single", type: "number" },
  { name: "double", type: "number", format: "0.0##", constraints: { minimum: 0 } },
  { name: "truth", type: "boolean" },
  { name: "day", type: "date" },
  { name: "moment", type: "datetime" },
  { name: "word", type: "string" },
  { name: "kind", type: "string" },
];

const leap = Date.UTC(2024, 1, 29) / 864e5;
const cells = {
  whole: [1, -2, 30000, null],
  long: [1, -9007199254740991, 5, null],
  single: [0.1, -2.5, 1e-7, null],
  double: [0.1, null, 12345.678, null],
  truth: ["true", "false", "true", null],
  day: [leap, -1, 10957, null],
  moment: [leap + 12.5 / 24, -1 / 86400, 10957, null],
  word: ["0012", "=1+1", 'Zoë, "Z"\n', null],
  kind: ["b", "a", "b", null],
};

describe.each(readdirSync(folder))("%s", (name) => {
  it("has the types that it says, and their values", async () => {
    const { columns } = await inferTableFile(golden(name), name);
    const known = columns.filter((column) => column.name !== "nothing").map(({ field }) => field);
    expect(known).toEqual(fields);
    const { table, invalid } = await readTableFile(golden(name), name, { fields: known });
    expect(cellsOf(table)).toEqual(cells);
    expect(invalid).toEqual({});
  });

  it("is read by another schema as its CSV would be", async () => {
    const schema: TableSchema = {
      fields: [
        { name: "moment", type: "datetime", format: "%d.%m.%Y %H:%M:%S" },
        { name: "double", type: "number", decimalChar: ",", missingValues: ["-"] },
        { name: "day", type: "string" },
        { name: "whole", type: "number", constraints: { maximum: 10 } },
      ],
    };
    const { table, invalid } = await readTableFile(golden(name), name, schema, { onInvalid: "missing" });
    const day = ["2024-02-29", "1969-12-31", "2000-01-01", null];
    expect(cellsOf(table)).toEqual({ moment: cells.moment, double: cells.double, day, whole: [1, -2, null, null] });
    expect(invalid).toEqual({ whole: 1 });
    await expect(readTableFile(golden(name), name, schema)).rejects.toThrow(
      `${name}, row 3, column "whole": expected a number, at most 10, found "30000"`,
    );
  });

  it("is refused where it is cut or lacks a column", async () => {
    const whole = new Uint8Array(readFileSync(new URL(name, folder)));
    const cut = sliceBytes(whole.subarray(0, whole.length >> 1));
    const expected = {
      code: "FEDSCORE_INVALID_DATA",
      message: expect.stringMatching(/expected an? \w+ file without damage/),
    };
    await expect(inferTableFile(cut, name)).rejects.toThrow(expect.objectContaining(expected));
    await expect(readTableFile(golden(name), name, { fields: [{ name: "no", type: "string" }] })).rejects.toThrow(
      'header: expected the column "no"',
    );
  });
});

it("a datetime whose format says less than the file is refused, not rounded", async () => {
  const fields = [{ name: "moment", type: "datetime" as const, format: "%Y-%m-%d %H:%M" }];
  await expect(readTableFile(golden("table.arrow"), "table.arrow", { fields })).rejects.toThrow(
    'row 2, column "moment": expected a datetime in the format "%Y-%m-%d %H:%M", found "1969-12-31T23:59:59Z"',
  );
});

it("a package that is not installed is named with the command that installs it", async () => {
  const name = "fedscore-no-such-package";
  await expect(loadPackage("a Parquet file", name, () => import(/* @vite-ignore */ name))).rejects.toThrow(
    expect.objectContaining({
      code: "FEDSCORE_UNSUPPORTED",
      message: `a Parquet file needs the package ${name}, which is not installed: npm install ${name}`,
    }),
  );
});
