import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readIdx, writeIdx } from "../../../src/data/formats/idx.js";
import golden from "../../golden/arrays.json" with { type: "json" };

const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 4, 7, 2, 1, 0]);
const images = Uint8Array.from([
  0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255,
]);
const compressed = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

describe("readIdx", () => {
  it("reads images and labels, plain and compressed", async () => {
    const expected = { shape: [2, 2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255) };
    expect(await readIdx(images, "images")).toEqual(expected);
    expect(await readIdx(compressed(images), "images.gz")).toEqual(expected);
    expect(await readIdx(labels, "labels")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
    expect(await readIdx(compressed(labels), "labels.gz")).toEqual({ shape: [4], values: Uint8Array.of(7, 2, 1, 0) });
  });

  it("reads several gzip members as one file", async () => {
    const members = [images.subarray(0, 3), images.subarray(3, 20), images.subarray(20)].map(compressed);
    const { values } = await readIdx(Uint8Array.from(members.flatMap((member) => [...member])), "images.gz");
    expect(values).toEqual(images.subarray(16));
  });

  it.each(golden.idx)("reads every type in big endian: $name", async ({ file, shape, values }) => {
    const read = await readIdx(bytesOf(file), "golden.idx");
    expect(read.shape).toEqual(shape);
    expect(Array.from(read.values)).toEqual(values);
  });

  it.each([
    [
      "another file",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'i, byte 0: expected an IDX file, which begins with 00 00, found "a PNG image"; read the pictures',
    ],
    [
      "an unknown type",
      Uint8Array.of(0, 0, 0x0a, 1),
      "i, byte 2: expected one of the type codes 8 (uint8), 9 (int8), 11",
    ],
    ["five dimensions", Uint8Array.of(0, 0, 8, 5), "i, byte 3: expected 1 to 4 dimensions, found 5"],
    ["a cut header", images.subarray(0, 10), "i, byte 10: expected a header of 16 bytes"],
    ["cut data", images.subarray(0, 20), "i, byte 16: expected 12 bytes of data for shape [2, 2, 3] of uint8, found 4"],
    [
      "data beyond the last row",
      Uint8Array.from([...labels, 1]),
      "i, byte 8: expected 4 bytes of data for shape [4] of uint8, found 5",
    ],
    ["cut compressed data", compressed(images).subarray(0, 30), "expected gzip data without damage"],
    [
      "NaN",
      Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x7f, 0xc0, 0, 0),
      'i, byte 8: expected finite numbers, found "NaN (element [0])"',
    ],
    [
      "a shape beyond all memory",
      Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255),
      'expected at most 1073741824 numbers, found "4294967295 x 4294967295"',
    ],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(readIdx(bytes, "i")).rejects.toThrow(message);
  });

  it("stops decompressing at the length that the header announces", async () => {
    const zeros = new Uint8Array(20_000_000);
    zeros.set(labels);
    await expect(readIdx(compressed(zeros), "bomb.gz")).rejects.toThrow(
      'bomb.gz, decompressed byte 12: expected at most 12 bytes of gzip data, found "more"',
    );
  });

  it("does not decompress what announces more than the limit", async () => {
    const zeros = new Uint8Array(1_000_000);
    zeros.set([0, 0, 8, 3, 0, 0, 3, 0x20, 0, 0, 3, 0xe8, 0, 0, 3, 0xe8]);
    await expect(readIdx(compressed(zeros), "bomb.gz")).rejects.toThrow(
      "bomb.gz, decompressed byte 536870912: expected at most 536870912 bytes of gzip data, found 800000016; decompress it first",
    );
  });
});

describe("writeIdx", () => {
  it.each(golden.idx)("writes the bytes that were read: $name", async ({ file }) => {
    const { values, shape } = await readIdx(bytesOf(file), "golden.idx");
    expect(writeIdx(values, shape)).toEqual(bytesOf(file));
  });

  it.each<[string, () => unknown, string]>([
    ["NaN", () => writeIdx(Float32Array.of(Number.NaN), [1]), "values[0] must be finite"],
    ["a type that IDX has not", () => writeIdx(Uint32Array.of(1), [1]), "values must be of a type that IDX has"],
    ["another size", () => writeIdx(Uint8Array.of(1), [2]), "values must be as many as their shape says"],
    ["five dimensions", () => writeIdx(Uint8Array.of(1), [1, 1, 1, 1, 1]), "shape must have 1 to 4 lengths"],
  ])("refuses %s", (_, work, message) => {
    expect(work).toThrow(message);
  });
});
