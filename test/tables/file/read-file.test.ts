import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inferTableFile, inferTableSchema, readTable, readTableFile } from "../../../src/entries/tables.js";
import { sliceBytes } from "../../../src/tables/file/slices.js";
import { utf8 } from "../support.js";

/** A table of several pieces. */
const rows = Array.from({ length: 40_000 }, (_, row) => `${row % 7};2024-01-${10 + (row % 20)};"a ""${row % 3}""\n"`);
const bytes = utf8(`n;day;what\r\n${rows.join("\r\n")}\r\n`);
const source = "t.csv";
const blob = new Blob([bytes as BlobPart]);

describe("a file that is read part by part", () => {
  it("is what its bytes are", async () => {
    const inferred = inferTableSchema(bytes, source);
    expect(await inferTableFile(blob, source)).toEqual(inferred);
    const shares: number[] = [];
    const onProgress = ({ share }: { readonly share: number }) => shares.push(share);
    const read = await readTableFile(blob, source, inferred.schema, { onProgress });
    expect(read).toEqual(readTable(bytes, source, inferred.schema));
    expect(read.table.rows).toBe(rows.length);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares.length > 2, shares.at(-1)]).toEqual([true, 1]);
  });

  it("may be compressed", async () => {
    const { schema } = inferTableSchema(bytes, source);
    const packed = new Blob([gzipSync(bytes)]);
    expect(await readTableFile(packed, "t.csv.gz", schema)).toEqual(readTable(bytes, source, schema));
    const damaged = new Blob([gzipSync(bytes).subarray(0, -9) as BlobPart]);
    await expect(readTableFile(damaged, "t.csv.gz", schema)).rejects.toThrow("expected gzip data without damage");
  });

  it("is left where the signal says so", async () => {
    const { schema } = inferTableSchema(bytes, source);
    const controller = new AbortController();
    const reading = readTableFile(blob, source, schema, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(reading).rejects.toThrow(expect.objectContaining({ code: "FEDSCORE_ABORTED" }));
  });

  it("lets others have their turn, who may end it", async () => {
    const { schema } = inferTableSchema(bytes, source);
    const many = sliceBytes(utf8(`n;day;what\r\n${`${rows.join("\r\n")}\r\n`.repeat(8)}`));
    const controller = new AbortController();
    setTimeout(() => controller.abort());
    const reading = readTableFile(many, source, schema, { signal: controller.signal });
    await expect(reading).rejects.toThrow(expect.objectContaining({ code: "FEDSCORE_ABORTED" }));
  });

  it("is refused with the line, and where it is no file or no table", async () => {
    const schema = { fields: [{ name: "n", type: "integer" as const, constraints: { maximum: 5 } }] };
    await expect(readTableFile(blob, source, schema)).rejects.toThrow('t.csv, line 14, column "n"');
    await expect(readTableFile(new Blob([]), source, schema)).rejects.toThrow(
      "expected a header that names the columns",
    );
    await expect(readTableFile(bytes as never, source, schema)).rejects.toThrow("file.size must be a number");
  });
});
