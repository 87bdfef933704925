import { describe, expect, it } from "vitest";
import { writeNpy } from "../../src/data/formats/npy.js";
import { readDataset } from "../../src/data/read.js";

const text = (content: string) => ({ bytes: new TextEncoder().encode(content), source: "points.csv" });
const npy = (shape: readonly number[], values: readonly number[]) => ({
  bytes: writeNpy(Float32Array.from(values), shape),
  source: "a.npy",
});
const idx = (shape: readonly number[], values: readonly number[]) => {
  const header = shape.flatMap((length) => [0, 0, length >> 8, length & 255]);
  return { bytes: Uint8Array.from([0, 0, 8, shape.length, ...header, ...values]), source: "a.idx" };
};

describe("readDataset", () => {
  it("tells formats apart by their bytes", async () => {
    expect(await readDataset(text("1,2\n3,4"))).toEqual({ points: Float32Array.of(1, 2, 3, 4), dimension: 2 });
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

  it("joins labels from a column or from a second file", async () => {
    const labels = Int32Array.of(7, 0);
    expect(await readDataset(text("1,7\n3,0"), { csv: { label: 1 } })).toMatchObject({ labels, dimension: 1 });
    expect(await readDataset(npy([2], [1, 3]), { labels: npy([2], [7, 0]) })).toMatchObject({ labels });
    expect(await readDataset(idx([2, 1, 1], [1, 3]), { labels: idx([2], [7, 0]) })).toMatchObject({ labels });
  });

  it.each([
    ["no rows", npy([0, 3], []), {}, 'a.npy, shape: expected at least one row and one column, found "0 x 3"'],
    ["labels as points", idx([2], [1, 2]), {}, "a.idx, byte 3: expected 3 dimensions (images), found 1"],
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
    ["a table of labels", npy([2], [1, 3]), { labels: npy([1, 2], [1, 0]) }, "expected 1 dimension (labels), found 2"],
    [
      "two sources of labels",
      text("1,7\n3,0"),
      { csv: { label: 1 }, labels: npy([2], [7, 0]) },
      "labels must not be a file where csv.label names a column",
    ],
  ])("refuses %s", async (_, file, options, message) => {
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
