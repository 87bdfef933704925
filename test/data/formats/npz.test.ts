import { describe, expect, it } from "vitest";
import { readNpz, writeNpz } from "../../../src/data/formats/npz.js";
import { readDataset } from "../../../src/data/read.js";
import golden from "../../golden/arrays.json" with { type: "json" };

/** What np.savez and np.savez_compressed wrote: test/golden/arrays.py. */
const fileOf = (name: string) => {
  const found = golden.npyRefused.find((each) => each.name === name);
  return new Uint8Array(Buffer.from(found?.file ?? "", "base64"));
};

const samples = { name: "samples", shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
const classes = { name: "classes", shape: [2], values: Uint32Array.of(7, 0) };
const source = "a.npz";

describe("npz", () => {
  it.each(["npz", "npz, compressed"])("reads what NumPy writes: %s", async (name) => {
    expect(readNpz(fileOf(name), source)).toEqual([{ name: "x", shape: [3], values: new Float64Array(3) }]);
    expect(await readDataset({ bytes: fileOf(name), source })).toMatchObject({ dimension: 1 });
  });

  it("gives back the arrays that were written, the same bytes every time", () => {
    const bytes = writeNpz([samples, classes]);
    expect(writeNpz([samples, classes])).toEqual(bytes);
    expect(readNpz(bytes, source)).toEqual([samples, { ...classes, values: Float64Array.of(7, 0) }]);
    expect(readNpz(writeNpz([]), source)).toEqual([]);
  });

  it("reads rows and their classes by the names of the arrays", async () => {
    const file = { bytes: writeNpz([samples, classes]), source };
    const format = { kind: "npz", labelArray: "classes" } as const;
    expect(await readDataset(file, { format })).toEqual({
      points: samples.values,
      dimension: 3,
      labels: Int32Array.of(7, 0),
    });
    expect(await readDataset(file, { format: { kind: "npz", array: "samples" } })).not.toHaveProperty("labels");
    await expect(readDataset(file)).rejects.toThrow(
      'a.npz, archive: expected one array, found "samples, classes"; set array, or labelArray, to the name of one of them',
    );
    await expect(readDataset(file, { format: { kind: "npz", array: "x" } })).rejects.toThrow('the array "x"');
  });

  it("refuses labels that are not one a row", async () => {
    const short = { ...classes, shape: [1], values: Uint32Array.of(1) };
    const file = { bytes: writeNpz([samples, short]), source };
    await expect(readDataset(file, { format: { kind: "npz", labelArray: "classes" } })).rejects.toThrow(
      "a.npz, array classes: expected 2 labels, one per row, found 1",
    );
  });

  it("refuses a name twice or none", () => {
    expect(() => writeNpz([samples, samples])).toThrow("arrays[1].name must be a name that none before it has");
    expect(() => writeNpz([{ ...samples, name: "" }])).toThrow("arrays[0].name");
  });
});

describe("a damaged archive is refused", () => {
  const bytes = writeNpz([samples]);
  const view = (change: (view: DataView, end: number) => void) => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer), copy.length - 22);
    return copy;
  };
  const directory = (data: DataView, end: number) => data.getUint32(end + 16, true);

  it.each<[string, Uint8Array, string]>([
    ["without its end", bytes.subarray(0, -1), "expected a zip archive with its end"],
    [
      "another number of files",
      view((data, end) => data.setUint16(end + 10, 2, true)),
      "entry 1 of the archive's directory",
    ],
    ["a changed number", view((data) => data.setUint8(172, 99)), "data of the archive's checksum"],
    ["another size", view((data, end) => data.setUint32(directory(data, end) + 24, 3, true)), "expected 3 bytes"],
    [
      "encrypted",
      view((data, end) => data.setUint16(directory(data, end) + 8, 1, true)),
      "a file that is not encrypted",
    ],
    [
      "of another method",
      view((data, end) => data.setUint16(directory(data, end) + 10, 12, true)),
      'found "method 12"',
    ],
    [
      "that promises more than deflate can give",
      view((data, end) => {
        data.setUint16(directory(data, end) + 10, 8, true);
        data.setUint32(directory(data, end) + 24, 2 ** 31, true);
      }),
      "when inflated",
    ],
  ])("%s", (_, damaged, message) => {
    expect(() => readNpz(damaged, source)).toThrow(message);
  });
});
