import fc from "fast-check";
import { expect } from "vitest";
import { readNpz, writeNpz } from "../../src/data/formats/npz.js";
import { readDataset } from "../../src/data/read.js";
import golden from "../golden/arrays.json" with { type: "json" };
import { anyBytes, mutated, outcome } from "../support/hostile-bytes.js";
import { fuzzProperty } from "./property.js";

const numpys = golden.npyRefused.filter(({ name }) => name.startsWith("npz"));
const two = writeNpz([
  { name: "x", shape: [2, 1], values: Float32Array.of(1, 2) },
  { name: "y", shape: [2], values: Int32Array.of(0, 1) },
]);
const files = fc.constantFrom(two, ...numpys.map(({ file }) => new Uint8Array(Buffer.from(file, "base64"))));

export const npz = fuzzProperty({
  name: "npz",
  text: "an .npz file of any bytes is refused by name or read, and what is read can be written and read again",
  cases: 2000,
  open: () => ({
    arbitrary: fc.oneof(mutated(files), anyBytes([0x50, 0x4b, 3, 4])),
    async holds(bytes) {
      const arrays = await outcome("a.npz", () => readNpz(bytes, "a.npz"));
      const dataset = await outcome("a.npz", () =>
        readDataset({ bytes, source: "a.npz" }, { format: { kind: "npz", array: "x", labelArray: "y" } }),
      );
      expect(dataset?.points.every(Number.isFinite) ?? true).toBe(true);
      const named = arrays?.filter(({ name }) => name !== "");
      if (named) expect(readNpz(writeNpz(named), "b.npz")).toEqual(named);
    },
  }),
});
