import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataFile, DataFormat } from "../../src/data/formats/format.js";
import { formatOf, formats, recognized } from "../../src/data/formats/index.js";
import { writeNpy } from "../../src/data/formats/npy.js";
import { writeNpz } from "../../src/data/formats/npz.js";
import { writeSafetensors } from "../../src/data/formats/safetensors.js";
import { readDataset } from "../../src/data/read.js";
import { damaged, expectDataError } from "../support/damage.js";

const text = (content: string) => ({ bytes: new TextEncoder().encode(content), source: "points.csv" });
const npy = (shape: readonly number[], values: readonly number[]) => ({
  bytes: writeNpy(Float32Array.from(values), shape),
  source: "a.npy",
});
const idx = (shape: readonly number[], values: readonly number[]) => {
  const header = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return { bytes: Uint8Array.from([0, 0, 8, shape.length, ...header, ...values]), source: "a.idx" };
};

const compressed = ({ bytes, source }: DataFile) => ({ bytes: new Uint8Array(gzipSync(bytes)), source });

const tensors = (...names: string[]) => ({
  bytes: writeSafetensors(names.map((name, k) => ({ name, shape: [2, 1], values: Float32Array.of(k, k + 1) }))),
  source: "a.safetensors",
});

/** A file of each format that holds the rows 1 and 3. */
const rows: Record<keyof typeof formats, () => DataFile> = {
  csv: () => text("1\n3"),
  npy: () => npy([2], [1, 3]),
  npz: () => ({ bytes: writeNpz([{ name: "x", shape: [2], values: Float64Array.of(1, 3) }]), source: "a.npz" }),
  idx: () => idx([2, 1, 1], [1, 3]),
  safetensors: () => ({
    bytes: writeSafetensors([{ name: "x", shape: [2, 1], values: Float32Array.of(1, 3) }]),
    source: "a.safetensors",
  }),
  cifar10: () => ({ bytes: new Uint8Array(2 * 3073).fill(3), source: "a.bin" }),
};

/** What the files hold. */
const held = (kind: string) => {
  if (kind === "cifar10") return { dimension: 3072, points: new Float32Array(2 * 3072).fill(3 / 255) };
  return { dimension: 1, points: Float32Array.of(1, 3).map((value) => (kind === "idx" ? value / 255 : value)) };
};

describe.each(Object.values<DataFormat>(formats))("format $kind", (format) => {
  const file = rows[format.kind as keyof typeof formats]();

  it("is told by its bytes or its name, and by no other format's", () => {
    expect(formatOf({ ...file, source: format.recognizes ? "points" : file.source }).kind).toBe(format.kind);
    expect(recognized(file.bytes)?.kind).toBe(format.recognizes ? format.kind : undefined);
    for (const end of format.extensions) {
      expect(formatOf({ bytes: new Uint8Array(0), source: `POINTS${end.toUpperCase()}` }).kind).toBe(format.kind);
    }
  });

  it("gives the same rows, told or not", async () => {
    const dataset = await readDataset(file);
    expect(dataset).toMatchObject(held(format.kind));
    expect(await readDataset(file, { format: { kind: format.kind as "csv" } })).toEqual(dataset);
  });

  it("writes rows that it reads, where it writes any", async () => {
    if (!format.write) return;
    const points = Float32Array.of(0.1, -2, 3, 1e-30);
    const bytes = format.write({ points, dimension: 2, imageShape: [1, 2] });
    const end = format.extensions[0];
    expect(await readDataset({ bytes, source: `samples${end}` })).toMatchObject({ points, dimension: 2 });
    expect(() => format.write?.({ points: Float32Array.of(1, Number.NaN), dimension: 2 })).toThrow("must be finite");
  });

  it("gives the same rows compressed, whatever its name", async () => {
    const dataset = await readDataset(file);
    expect(await readDataset(compressed(file))).toEqual(dataset);
    expect(await readDataset(compressed({ ...file, source: `${file.source}.gz` }))).toEqual(dataset);
    expect(await readDataset(compressed(file), { format: { kind: format.kind as "csv" } })).toEqual(dataset);
  });

  it("takes labels from arrays and refuses a file of labels of another length, or any where it has labels itself", async () => {
    if ((await readDataset(file)).labels) {
      await expect(readDataset(file, { labels: npy([2], [7, 0]) })).rejects.toThrow("labels must be absent");
      return;
    }
    expect(await readDataset(file, { labels: npy([2], [7, 0]) })).toMatchObject({ labels: Int32Array.of(7, 0) });
    await expect(readDataset(file, { labels: npy([1], [7]) })).rejects.toThrow("expected 2 labels, one per row of");
  });

  it("throws FEDSCORE_INVALID_DATA or reads, whatever happened to the file", async () => {
    await fc.assert(
      fc.asyncProperty(damaged(file.bytes), async (bytes) => {
        try {
          const { points } = await readDataset(
            { bytes, source: file.source },
            { format: { kind: format.kind as "csv" } },
          );
          expect(points.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expectDataError(error, file.source);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("readDataset", () => {
  it("reads a tensor by its name", async () => {
    const { points } = await readDataset(tensors("a", "b"), { format: { kind: "safetensors", tensor: "b" } });
    expect(points).toEqual(Float32Array.of(1, 2));
  });

  it("tells formats apart by their bytes", async () => {
    expect(await readDataset(text("1,2\n3,4"))).toEqual({
      points: Float32Array.of(1, 2, 3, 4),
      dimension: 2,
      reading: 'no header; delimiter ","; 2 rows of 2 numbers',
    });
    expect(await readDataset(npy([2, 2], [1, 2, 3, 4]))).toEqual({ points: Float32Array.of(1, 2, 3, 4), dimension: 2 });
    expect(await readDataset(idx([1, 1, 2], [0, 51]))).toEqual({
      points: Float32Array.of(0, 0.2),
      dimension: 2,
      imageShape: [1, 2],
    });
  });

  it("takes a vector for rows of one number and a cube for images", async () => {
    expect(await readDataset(npy([3], [1, 2, 3]))).toEqual({ points: Float32Array.of(1, 2, 3), dimension: 1 });
    expect(await readDataset(npy([1, 2, 3], [1, 2, 3, 4, 5, 6]))).toMatchObject({ dimension: 6, imageShape: [2, 3] });
  });

  it("takes images with one channel for what they are", async () => {
    for (const shape of [
      [1, 2, 3, 1],
      [1, 1, 2, 3],
    ]) {
      expect(await readDataset(npy(shape, [1, 2, 3, 4, 5, 6]))).toMatchObject({ dimension: 6, imageShape: [2, 3] });
    }
  });

  it("divides unsigned bytes of IDX files alone by 255", async () => {
    const floats = Uint8Array.of(0, 0, 0x0d, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x3f, 0x80, 0, 0, 0x43, 0x7f, 0, 0);
    expect(await readDataset({ bytes: floats, source: "a" })).toEqual({
      points: Float32Array.of(1, 255),
      dimension: 2,
    });
    expect(await readDataset(idx([1, 2], [51, 255]))).toEqual({ points: Float32Array.of(0.2, 1), dimension: 2 });
  });

  it("joins labels from a column or from a second file", async () => {
    const labels = Int32Array.of(7, 0);
    expect(await readDataset(text("1,7\n3,0"), { format: { kind: "csv", labelColumn: 1 } })).toMatchObject({
      labels,
      dimension: 1,
    });
    expect(await readDataset(npy([2], [1, 3]), { labels: npy([2], [7, 0]) })).toMatchObject({ labels });
    expect(await readDataset(idx([2, 1, 1], [1, 3]), { labels: idx([2], [7, 0]) })).toMatchObject({ labels });
  });

  it.each([
    ["no rows", npy([0, 3], []), {}, 'a.npy, shape: expected at least one row and one column, found "0 x 3"'],
    [
      "labels as points",
      idx([2], [1, 2]),
      {},
      "a.idx, byte 3: expected 2 dimensions (rows) or 3 (images), found 1; set labels to this file if it has the classes",
    ],
    ["no columns", npy([5, 0], []), {}, 'a.npy, shape: expected at least one row and one column, found "5 x 0"'],
    ["no images", idx([2, 0, 3], []), {}, 'a.idx, shape: expected at least one row and one column, found "2 x 0 x 3"'],
    [
      "images in colour",
      npy([1, 2, 2, 3], Array(12).fill(0)),
      {},
      'a.npy, shape: expected grey images, with one channel, found "1 x 2 x 2 x 3"; take the mean over the channels',
    ],
    [
      "integers that float32 would round",
      { bytes: writeNpy(Int32Array.of(2 ** 24, 2 ** 24 + 1), [2]), source: "a.npy" },
      {},
      "a.npy, element [1]: expected integers that float32 has, found 16777217; subtract an offset",
    ],
    [
      "a file of another program, whatever its name",
      { bytes: Uint8Array.from("%PDF-1.7", (character) => character.charCodeAt(0)), source: "rows.csv" },
      {},
      'rows.csv, byte 0: expected a file of kind npy, npz, idx, csv, safetensors, cifar10, found "a PDF document"; save it as CSV',
    ],
    [
      "gzip in gzip",
      compressed(compressed(text("1,2\n"))),
      {},
      'points.csv, byte 0: expected a file of kind npy, npz, idx, csv, safetensors, cifar10, found "gzip-compressed data"; decompress',
    ],
    [
      "too few labels",
      npy([2], [1, 3]),
      { labels: npy([1], [1]) },
      "a.npy, shape: expected 2 labels, one per row of a.npy, found 1",
    ],
    [
      "labels that are no integers",
      npy([2], [1, 3]),
      { labels: npy([2], [1, 0.5]) },
      "a.npy, element [1]: expected an integer label, found 0.5",
    ],
    [
      "a table of labels",
      npy([2], [1, 3]),
      { labels: npy([1, 2], [1, 0]) },
      'expected 1 dimension (labels), found 2; save the column of classes alone: np.save("labels.npy", array[:, 0])',
    ],
    [
      "two sources of labels",
      text("1,7\n3,0"),
      { format: { kind: "csv", labelColumn: 1 }, labels: npy([2], [7, 0]) },
      'labels must be absent where the file itself has labels, got "a.npy"',
    ],
    [
      "labels in a table",
      npy([2], [1, 3]),
      { labels: text("7\n0") },
      'labels in a file of kind npy or npz or idx, found "csv"',
    ],
    [
      "another format than it was told",
      npy([2], [1, 3]),
      { format: { kind: "csv" } },
      'a.npy, byte 0: expected a file of kind "csv", found "npy"; set kind to "npy"',
    ],
    [
      "a setting that is out of its range",
      text("1,2"),
      { format: { kind: "csv", delimiter: ";;" } },
      'format.delimiter must be one ASCII character other than a quote or a line end, got ";;"',
    ],
    [
      "one tensor of many without its name",
      tensors("a", "b"),
      {},
      'a.safetensors, header: expected one tensor, found "a, b"; set tensor to the name of one of them',
    ],
    [
      "a tensor that is not there",
      tensors("a", "b"),
      { format: { kind: "safetensors", tensor: "c" } },
      'expected the tensor "c"',
    ],
  ] as const)("refuses %s", async (_, file, options, message) => {
    await expect(readDataset(file, options)).rejects.toThrow(message);
  });

  it("refuses a float64 that float32 cannot hold", async () => {
    // python3 -c "import numpy as np, sys; np.save(sys.stdout.buffer, np.array([[1.0, 1e300]]))" | base64
    const bytes = Buffer.from(
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwP5x1AIg85Dd+",
      "base64",
    );
    await expect(readDataset({ bytes, source: "big.npy" })).rejects.toThrow(
      "big.npy, element [0, 1]: expected a number within float32, found 1e+300",
    );
  });
});
