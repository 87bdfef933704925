import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readTableFile } from "../../../src/entries/tables.js";
import { openTableFile } from "../../../src/tables/file/open-file.js";
import { sliceBytes } from "../../../src/tables/file/slices.js";

/** Files that other implementations wrote: test/golden/columnar.py. */
const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../golden/columnar/${name}`, import.meta.url)));

/** The cells of each column. */
async function cellsIn(bytes: Uint8Array, name: string): Promise<[string, string[]][]> {
  const { names, forEachRow, mostRows } = await openTableFile(sliceBytes(bytes), name);
  const columns = names.map((column): [string, string[]] => [column, []]);
  let rows = 0;
  await forEachRow((cells) => {
    for (const [index, cell] of cells.entries()) columns[index]?.[1].push(cell);
    rows++;
    return true;
  });
  expect(rows).toBe(mostRows);
  return columns;
}

const moments = ["2024-02-29T12:30:00.250Z", "1969-12-31T23:59:59Z", "", "2000-01-01T00:00:00Z"];
const days = ["2024-02-29", "1969-12-31", "", "2000-01-01"];
const types = {
  cents: ["12.30", "-0.05", "", "99999999.99"],
  big: ["9007199254740993", "-9223372036854775808", "", "7"],
  zoned: moments,
  local: ["2024-02-29T12:30:00Z", ...moments.slice(1)],
  day: days,
  milliday: days,
  clock: ["45000000000", "0", "", "3600000000"],
  half: ["0.5", "-2", "", "65500"],
  list: ["[1,2]", "[]", "", "[null]"],
  pair: ['{"x":1,"y":"a"}', '{"x":null,"y":null}', "", '{"x":2,"y":"b"}'],
  void: ["", "", "", ""],
  long: ["a", "", "", "Zoë"],
  true: ["true", "false", "", "true"],
  nothing: ["", "", "", ""],
  kind: ["b", "a", "", "b"],
  fixed: ["[97,98]", "[99,100]", "", "[101,102]"],
  map: ['[["k",1]]', "[]", "", '[["l",null]]'],
};

it.each(["types.arrow", "types-zstd.arrow", "types-lz4.arrows"])("%s has the values of all types", async (name) => {
  expect(Object.fromEntries(await cellsIn(bytesOf(name), name))).toEqual(types);
});

it.each(["plain.parquet", "snappy.parquet", "lz4.parquet"])("%s has the values of all types", async (name) => {
  const { nothing: _, half: __, ...held } = types;
  const map = ['{"k":1}', "{}", "", '{"l":null}'];
  expect(Object.fromEntries(await cellsIn(bytesOf(name), name))).toEqual({ ...held, map });
});

it("texts may be views, and blocks of LZ4 repeat the blocks before", async () => {
  expect(await cellsIn(bytesOf("views.arrow"), "views.arrow")).toEqual([
    ["text", ["short", "longer than twelve bytes", "", "longer than twelve bytes, too"]],
    ["n", ["1", "2", "3", ""]],
  ]);
  const [[, cells] = ["", []]] = await cellsIn(bytesOf("blocks-lz4.arrow"), "blocks-lz4.arrow");
  expect(cells).toEqual(Array.from({ length: 10_000 }, (_, row) => String((7 * row * row) % 1009)));
});

it("pages of Parquet may have any encoding", async () => {
  const columns = Object.fromEntries(await cellsIn(bytesOf("encodings.parquet"), "encodings.parquet"));
  const column = (cell: (row: number) => unknown) => Array.from({ length: 300 }, (_, row) => String(cell(row)));
  expect(columns).toEqual({
    n: column((row) => (3 * row * row) % 1000),
    m: column((row) => row * 1e12),
    t: column((row) => `row ${Math.floor(row / 3)}`),
    u: column((row) => row % 7),
    f: column((row) => row / 8),
  });
});

describe.each(["arrow", "parquet"])("%s", (kind) => {
  it("may have no rows, no columns, and two columns of one name", async () => {
    const [empty, nothing, twice] = ["empty", "nothing", "twice"].map((name) => `${name}.${kind}`);
    expect(await cellsIn(bytesOf(empty ?? ""), "empty")).toEqual([
      ["a", []],
      ["b", []],
    ]);
    expect(await cellsIn(bytesOf(nothing ?? ""), "nothing")).toEqual([]);
    expect(await cellsIn(bytesOf(twice ?? ""), "twice")).toEqual([
      ["a", ["1", "2"]],
      ["b", ["x", "y"]],
      ["a (2)", ["3.5", ""]],
    ]);
  });

  it("has integers beyond 2^53 that fit no column of numbers, and are not rounded", async () => {
    const name = kind === "arrow" ? "types.arrow" : "plain.parquet";
    const reading = readTableFile(sliceBytes(bytesOf(name)), name, { fields: [{ name: "big", type: "integer" }] });
    await expect(reading).rejects.toThrow(`${name}, row 1, column "big"`);
  });
});
