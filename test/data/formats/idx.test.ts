import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIdx } from "../../../src/data/formats/idx.js";
import { damaged, expectDataError } from "../../support/damage.js";

const images = Uint8Array.from([
  0,
  0,
  8,
  3,
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  3,
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255],
]);
const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 4, 7, 2, 1, 0]);
const compressed = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

describe("readIdx", () => {
  it("reads images and labels, plain and compressed", async () => {
    const expected = { shape: [2, 2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255) };
    expect(await readIdx(images, "images")).toEqual(expected);
    expect(await readIdx(compressed(images), "images.gz")).toEqual(expected);
    expect(await readIdx(labels, "labels")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
    expect(await readIdx(compressed(labels), "labels.gz")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
  });

  it.each([
    [
      "another file",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
      'i, byte 0: expected the magic number 00 00 08 of an IDX file of unsigned bytes, found "89 50 4e 47"',
    ],
    ["floats", Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0), "i, byte 2: expected type code 8 (unsigned byte), found 13"],
    ["four dimensions", Uint8Array.of(0, 0, 8, 4), "i, byte 3: expected 1 to 3 dimensions, found 4"],
    ["a cut header", images.subarray(0, 10), "i, byte 10: expected a header of 16 bytes"],
    ["cut data", images.subarray(0, 20), "i, byte 16: expected 12 bytes of data for shape [2, 2, 3], found 4"],
    [
      "data beyond the last row",
      Uint8Array.from([...labels, 1]),
      "i, byte 8: expected 4 bytes of data for shape [4], found 5",
    ],
    ["cut compressed data", compressed(images).subarray(0, 30), "expected gzip data without damage"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(readIdx(bytes, "i")).rejects.toThrow(message);
  });

  it("stops decompressing at the length that the header announces", async () => {
    const zeros = new Uint8Array(20_000_000);
    zeros.set(labels);
    const bomb = compressed(zeros);
    await expect(readIdx(bomb, "bomb.gz")).rejects.toMatchObject({ code: "FEDSCORE_INVALID_DATA" });
  });

  it("throws FEDSCORE_INVALID_DATA or reads, whatever happened to the file", async () => {
    const files = [images, labels, compressed(images), compressed(labels)];
    await fc.assert(
      fc.asyncProperty(fc.oneof(...files.map(damaged)), async (bytes) => {
        try {
          const { shape, values } = await readIdx(bytes, "broken.idx");
          expect(shape.reduce((product, length) => product * length, 1)).toBe(values.length);
        } catch (error) {
          expectDataError(error, "broken.idx");
        }
      }),
      { numRuns: 600 },
    );
  });
});
