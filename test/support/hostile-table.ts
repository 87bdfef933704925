import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect } from "vitest";
import { FedscoreError } from "../../src/errors.js";
import type { TableFile } from "../../src/tables/file/table-file.js";
import type { Trial } from "../fuzz/property.js";
import { anyBytes, mutated, outcome } from "./hostile-bytes.js";
import { openWatchdog } from "./watchdog.js";

/** A file of a table, whole or damaged, or bytes that are no file. */
interface TableBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What it may be read with. */
  readonly rows?: readonly number[];
  readonly isWhole: boolean;
}

/** Files of one kind. */
export interface HostileTables {
  /** Good files by their paths in test/golden, with the rows that they may be read with once they are damaged; the last is what they have. */
  readonly files: Readonly<Record<string, readonly number[]>>;
  /** How bytes of this kind begin. */
  readonly beginning: readonly number[];
  readonly source: string;
  readonly open: (bytes: Uint8Array, source: string) => Promise<TableFile>;
}

/** Files, good, damaged and made up, are refused by name or read, in time; none is read with other rows than it has. */
export function hostileTables({ files, beginning, source, open }: HostileTables): Trial<TableBytes> {
  const outcomes = { read: 0, refused: 0 };
  const watchdog = openWatchdog(30_000);
  return {
    arbitrary: fc.oneof(
      { weight: 30, arbitrary: damaged(files) },
      { weight: 3, arbitrary: anyBytes(beginning).map((bytes) => ({ name: "any bytes", bytes, isWhole: false })) },
      { weight: 1, arbitrary: fc.constantFrom(...goodTables(files)) },
    ),
    async holds({ name, bytes, rows, isWhole }) {
      const what = `${name}: ${Buffer.from(bytes).toString("base64")}`;
      const found = await watchdog.over(what, () => rowsOf(source, () => open(bytes, source)));
      outcomes[found === undefined ? "refused" : "read"]++;
      if (isWhole) expect(found).toBe(rows?.at(-1));
      if (found !== undefined && rows) expect(rows).toContain(found);
    },
    end: () => `${outcomes.read} read, ${outcomes.refused} refused`,
    close: () => watchdog.close(),
  };
}

function goodTables(files: HostileTables["files"]): TableBytes[] {
  return Object.entries(files).map(([name, rows]) => ({
    ...{ name, rows, isWhole: true },
    bytes: new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url))),
  }));
}

/** A file with a few bytes changed and none moved, or with a part of it written over another: what offsets lead to is still there. */
function overwritten(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.noBias(fc.nat(bytes.length - 1));
  const added = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 1 }),
    fc.constantFrom(0, 1, 2, 8, 9, 0x7f, 0x80, 0xff).map((byte) => Uint8Array.of(byte)),
    fc
      .constantFrom(-1, 0, 1, 2 ** 16, 2 ** 31 - 1, -(2 ** 31))
      .map((word) => new Uint8Array(Int32Array.of(word).buffer)),
    fc.tuple(place, fc.integer({ min: 1, max: 64 })).map(([from, length]) => bytes.subarray(from, from + length)),
  );
  return fc.array(fc.tuple(place, added), { minLength: 1, maxLength: 3 }).map((edits) => {
    const copy = bytes.slice();
    for (const [at, part] of edits) copy.set(part.subarray(0, copy.length - at), at);
    return copy;
  });
}

function damaged(files: HostileTables["files"]): fc.Arbitrary<TableBytes> {
  return fc
    .constantFrom(...goodTables(files))
    .chain((table) =>
      fc
        .oneof({ weight: 3, arbitrary: overwritten(table.bytes) }, mutated(fc.constant(table.bytes)))
        .map((bytes) => ({ ...table, bytes, isWhole: Buffer.compare(bytes, table.bytes) === 0 })),
    );
}

/** Rows that are visited at most: a few kilobytes have not more. */
const mostRows = 2 ** 23;

/** How many rows a file has; undefined where it is refused, because of damage or of what no table has. */
async function rowsOf(source: string, open: () => Promise<TableFile>): Promise<number | undefined> {
  return outcome(source, async () => {
    try {
      const file = await open();
      let rows = 0;
      await file.forEachRow((cells, at) => {
        rows++;
        return at === rows && cells.length === file.names.length && rows <= mostRows;
      });
      expect(rows).toBe(file.mostRows);
      let counted = 0;
      await file.forEachRow(() => ++counted <= mostRows, { fields: [] });
      expect(counted).toBe(rows);
      return rows;
    } catch (error) {
      if (error instanceof FedscoreError && error.code === "FEDSCORE_UNSUPPORTED") return undefined;
      throw error;
    }
  });
}
