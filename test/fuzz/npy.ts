import fc from "fast-check";
import { expect } from "vitest";
import { readNpy, writeNpy } from "../../src/data/formats/npy.js";
import { readDataset } from "../../src/data/read.js";
import golden from "../golden/arrays.json" with { type: "json" };
import { anyBytes, mutated, outcome } from "../support/hostile-bytes.js";
import { fuzzProperty } from "./property.js";

const files = fc
  .constantFrom(...golden.npy, ...golden.npyRefused, ...golden.npyWritten)
  .map(({ file }) => new Uint8Array(Buffer.from(file, "base64")));

const descr = fc.constantFrom(
  "'<f4'",
  "'>f8'",
  "'|b1'",
  "'=i2'",
  "'>u8'",
  "'f2'",
  "'|O'",
  "[('a', '<f4')]",
  "3",
  "'<M8[D]'",
);
const length = fc.oneof(
  fc.nat(3).map(String),
  fc.constantFrom("-1", "3L", "True", "2.5", "1e9", "99999999999999999999"),
);
const shape = fc.array(length, { maxLength: 5 }).map((lengths) => `(${lengths.map((each) => `${each},`).join(" ")})`);
const order = fc.constantFrom("True", "False", "0", "None");
const described = fc
  .tuple(descr, order, shape, fc.uint8Array({ maxLength: 80 }), fc.constantFrom(1, 2, 3))
  .map(([type, fortran, lengths, data, version]) => {
    const text = `{'descr': ${type}, 'fortran_order': ${fortran}, 'shape': ${lengths}, }\n`;
    const size = [text.length & 255, text.length >> 8, ...(version === 1 ? [] : [0, 0])];
    const header = Array.from(text, (character) => character.charCodeAt(0));
    return Uint8Array.from([0x93, 78, 85, 77, 80, 89, version, 0, ...size, ...header, ...data]);
  });

export const npy = fuzzProperty({
  name: "npy",
  text: "an .npy file of any bytes is refused by name or read, and what is read can be written and read again",
  cases: 2000,
  open: () => ({
    arbitrary: fc.oneof(mutated(files), described, mutated(described), anyBytes([0x93, 78, 85, 77, 80, 89, 1, 0])),
    async holds(bytes) {
      const array = await outcome("a.npy", () => readNpy(bytes, "a.npy"));
      const dataset = await outcome("a.npy", () => readDataset({ bytes, source: "a.npy" }));
      expect(dataset?.points.every(Number.isFinite) ?? true).toBe(true);
      if (!array) return;
      expect(readNpy(writeNpy(array.values, array.shape), "b.npy")).toEqual(array);
      if (dataset) expect(dataset.points).toEqual(Float32Array.from(array.values));
    },
  }),
});
