/** What a client takes part with, of the file that it names. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { joinRows } from "../../src/cli/join-rows.js";
import { simdEngine } from "../support/engines.js";
import { temporaryFolder } from "./support.js";

const engine = await simdEngine();
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

async function rowsOf(name: string, content: string | Uint8Array, heldOut = 0) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const notes: string[] = [];
  const rows = await joinRows(engine, { path, heldOut, reading: { onInvalid: "missing" } }, (note) => notes.push(note));
  return { rows, notes, path };
}

it("offers a file of numbers with a header as both, rows of numbers and a table", async () => {
  const { rows } = await rowsOf("numbers.csv", "x,y\n1,2\n3,4\n5,6\n7,8\n", 0.25);
  expect(rows.data?.points).toHaveLength(6);
  expect(rows.heldOut?.points).toHaveLength(2);
  expect(rows.table).toMatchObject({ heldOut: 0.25, onInvalid: "missing" });
});

it.each([
  ["as it is", (text: string) => text],
  ["in gzip", (text: string) => gzipSync(text)],
])("offers a file of texts as a table alone, %s, and says to whom it is of use", async (_, packed) => {
  const { rows, notes, path } = await rowsOf("texts.csv", packed("kind,amount\nsmall,1\nlarge,2\n"));
  expect(rows.data).toBeUndefined();
  expect(rows.table).toMatchObject({ file: { size: packed("kind,amount\nsmall,1\nlarge,2\n").length }, source: path });
  expect(notes).toEqual([expect.stringContaining(`${path} is a table, for federations of tables; no rows of numbers`)]);
});

it.each(["snappy.parquet", "table.arrow"])("offers %s as a table alone, in gzip too", async (name) => {
  const bytes = readFileSync(new URL(`../golden/typed-tables/${name}`, import.meta.url));
  for (const [file, content] of [
    [name, bytes],
    [`${name}.gz`, gzipSync(bytes)],
  ] as const) {
    const { rows, notes, path } = await rowsOf(file, content);
    expect(rows).toEqual({ table: expect.objectContaining({ source: path, onInvalid: "missing" }) });
    expect(notes).toEqual([]);
  }
});

it("offers no table where the lines of a file are of several lengths or there is but a header", async () => {
  for (const text of ["kind,amount\nsmall,1\nlarge\n", "kind,amount\n"])
    await expect(rowsOf("broken.csv", text)).rejects.toMatchObject({ code: "FEDSCORE_INVALID_DATA" });
});
