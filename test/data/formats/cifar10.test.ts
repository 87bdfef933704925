import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../../src/data/read.js";
import { randomBytes } from "../../support/random-bytes.js";

const record = 3073;

/** Images with random pixels and these classes. */
function cifar(labels: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(randomBytes(labels.length * record, 256));
  labels.forEach((label, row) => {
    bytes[row * record] = label;
  });
  return bytes;
}

const read = (bytes: Uint8Array, colour?: boolean, source = "data_batch_1.bin") =>
  readDataset({ bytes, source }, { format: { kind: "cifar10", ...(colour !== undefined && { colour }) } });

describe("CIFAR-10", () => {
  const bytes = cifar([6, 9, 0]);
  const at = (row: number, plane: number, y: number, x: number) => bytes[row * record + 1 + plane * 1024 + y * 32 + x];

  it("has one row of three planes for each image, and its class", async () => {
    const { points, dimension, labels, imageShape, colourShape } = await read(bytes);
    expect([dimension, points.length, imageShape, colourShape]).toEqual([3072, 9216, undefined, [32, 32]]);
    expect([...(labels ?? [])]).toEqual([6, 9, 0]);
    for (const [row, plane, y, x] of [
      [0, 0, 0, 0],
      [1, 1, 5, 31],
      [2, 2, 31, 31],
    ])
      expect(points[row * 3072 + plane * 1024 + y * 32 + x]).toBe(Math.fround(at(row, plane, y, x) / 255));
  });

  it("is grey by luminance: white stays white, and green is brighter than red and blue", async () => {
    const { points, dimension, imageShape, labels } = await read(bytes, false);
    expect([dimension, imageShape, labels?.[1]]).toEqual([1024, [32, 32], 9]);
    const [red, green, blue] = [0, 1, 2].map((plane) => at(1, plane, 7, 3) / 255);
    expect(points[1024 + 7 * 32 + 3]).toBeCloseTo(0.299 * red + 0.587 * green + 0.114 * blue, 6);
    const white = cifar([1]).fill(255, 1);
    expect((await read(white, false)).points.every((value) => Math.abs(value - 1) < 1e-6)).toBe(true);
  });

  it("is read compressed, and as several files put together", async () => {
    const both = new Uint8Array(gzipSync(Uint8Array.from([...bytes, ...cifar([3])])));
    expect([...((await read(both)).labels ?? [])]).toEqual([6, 9, 0, 3]);
  });

  it("is told by the end of its name", async () => {
    const { dimension } = await readDataset({ bytes, source: "test_batch.bin" });
    expect(dimension).toBe(3072);
  });

  it("has no other length and no other classes", async () => {
    await expect(read(bytes.subarray(1))).rejects.toThrow(
      "data_batch_1.bin, length: expected a positive multiple of 3073 bytes, one label and 3 x 32 x 32 pixels each, found 9218; take a .bin file of the binary version of CIFAR-10",
    );
    await expect(read(new Uint8Array(0))).rejects.toThrow("found 0");
    await expect(read(cifar([1, 10]))).rejects.toThrow(
      "data_batch_1.bin, byte 3073: expected a class from 0 to 9, found 10",
    );
  });
});
