import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FlatBytes, type FlatTable } from "../../../../src/tables/file/arrow/flat-table.js";
import { type ArrowBatch, readMessages } from "../../../../src/tables/file/arrow/messages.js";
import { openArrow } from "../../../../src/tables/file/arrow/open.js";

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../golden/columnar/${name}`, import.meta.url)));
const open = (bytes: Uint8Array) => openArrow(bytes, "a.arrow", {});

/** A file whose footer is changed: batches of rows are in slot 10. */
function withFooter(change: (view: DataView, footer: FlatTable) => void): Uint8Array {
  const bytes = golden("types.arrow");
  const end = bytes.length - 10;
  const start = end - new DataView(bytes.buffer).getInt32(end, true);
  const flat = new FlatBytes(bytes.subarray(start, end));
  change(flat.view, flat.table(0));
  return bytes;
}

/** A file of which the first batch of rows is changed. */
function withRows(name: string, change: (batch: ArrowBatch) => void): Uint8Array {
  const bytes = golden(name);
  const batch = readMessages(bytes).batches.find(({ dictionary }) => !dictionary);
  if (batch) change(batch);
  return bytes;
}

describe("an Arrow file that lies", () => {
  it.each([
    [
      "a stream that leads back",
      Uint8Array.of(255, 255, 255, 255, 248, 255, 255, 255, 0),
      "a message of -8 bytes at 0",
    ],
    ["bytes behind the end", Uint8Array.from([...golden("types-lz4.arrows"), 7]), "more behind the end of the stream"],
    [
      "batches without end",
      withFooter((view, footer) => view.setInt32(footer.vector(10, 24).start - 4, 2 ** 31 - 1, true)),
      "51539607528 bytes at",
    ],
    [
      "fewer batches than there are",
      withFooter((view, footer) => view.setInt32(footer.vector(10, 24).start - 4, 1, true)),
      "bytes between batches at",
    ],
    [
      "a batch twice",
      withFooter((view, footer) => {
        const { start } = footer.vector(10, 24);
        view.setBigInt64(start + 24, view.getBigInt64(start, true), true);
      }),
      "bytes between batches at",
    ],
    [
      "more rows than a column has",
      withRows("types.arrow", ({ record, head }) => head.setBigInt64(record.vector(6, 16).start, 2n ** 40n, true)),
      "a buffer of",
    ],
    [
      "a buffer that is not in its batch",
      withRows("types.arrow", ({ record, head }) => head.setBigInt64(record.vector(8, 16).start, 2n ** 40n, true)),
      "bytes at 1099511627776",
    ],
    [
      "texts that overlap",
      withRows("types.arrow", ({ record, head, body }) => {
        // The offsets of "long", of 8 bytes each, are 0, 1, 1 and 1.
        const { start, length } = record.vector(8, 16);
        const offsets = Array.from({ length }, (_, index) => Number(head.getBigInt64(start + 16 * index, true)));
        for (const offset of offsets)
          if (body[offset + 8] === 1 && body[offset] === 0 && body[offset + 24] === 1) body[offset + 8] = 7;
      }),
      "an offset of 1 behind 7",
    ],
    [
      "a text that is longer than its bytes",
      withRows("views.arrow", ({ body }) => {
        const text = new TextEncoder().encode("long");
        const at = body.findIndex((_, from) => text.every((byte, index) => body[from + index] === byte));
        new DataView(body.buffer, body.byteOffset).setInt32(at - 4, 2 ** 31 - 1, true);
      }),
      "a text of 2147483647 bytes",
    ],
  ])("is refused: %s", async (_, bytes, message) => {
    const refusal = { code: "FEDSCORE_INVALID_DATA", message: expect.stringContaining(message) };
    await expect(open(bytes)).rejects.toThrow(expect.objectContaining(refusal));
  });
});
