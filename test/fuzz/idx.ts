import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect } from "vitest";
import { readIdx } from "../../src/data/formats/idx.js";
import { readDataset } from "../../src/data/read.js";
import golden from "../golden/arrays.json" with { type: "json" };
import { anyBytes, mutated, outcome } from "../support/hostile-bytes.js";
import { fuzzProperty } from "./property.js";

const plain = fc.constantFrom(...golden.idx).map(({ file }) => new Uint8Array(Buffer.from(file, "base64")));
const damaged = fc.oneof(mutated(plain), anyBytes([0, 0, 0x0d, 2, 0, 0, 0, 2]));

export const idx = fuzzProperty({
  name: "idx",
  text: "an IDX file of any bytes, compressed or not, is refused by name or read as it is",
  cases: 2000,
  open: () => ({
    arbitrary: fc.tuple(damaged, fc.constantFrom(false, true), fc.boolean()),
    async holds([file, compressed, asRows]) {
      const bytes = compressed ? new Uint8Array(gzipSync(file)) : file;
      const array = await outcome("a.idx", () => readIdx(bytes, "a.idx"));
      if (array) {
        const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
        expect(array.shape).toEqual(array.shape.map((_, axis) => view.getUint32(4 + 4 * axis)));
        const offset = 4 + 4 * array.shape.length;
        expect(Array.from(array.values, (_, i) => valueAt(view, file[2] ?? 0, offset, i))).toEqual([...array.values]);
      }
      if (!asRows) return;
      const dataset = await outcome("a.idx", () => readDataset({ bytes, source: "a.idx" }));
      expect(dataset?.points.every(Number.isFinite) ?? true).toBe(true);
    },
  }),
});

function valueAt(view: DataView, code: number, offset: number, i: number): number {
  if (code === 0x08) return view.getUint8(offset + i);
  if (code === 0x09) return view.getInt8(offset + i);
  if (code === 0x0b) return view.getInt16(offset + 2 * i);
  if (code === 0x0c) return view.getInt32(offset + 4 * i);
  return code === 0x0d ? view.getFloat32(offset + 4 * i) : view.getFloat64(offset + 8 * i);
}
