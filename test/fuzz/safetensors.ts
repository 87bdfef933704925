import fc from "fast-check";
import { expect } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/data/formats/safetensors.js";
import { readDataset } from "../../src/data/read.js";
import golden from "../golden/arrays.json" with { type: "json" };
import { anyBytes, mutated, outcome } from "../support/hostile-bytes.js";
import { fuzzProperty } from "./property.js";

const good = fc.constantFrom(...golden.safetensors).map(({ file }) => new Uint8Array(Buffer.from(file, "base64")));

const dtype = fc.constantFrom("F32", "F64", "BF16", "I64", "BOOL", "F8_E4M3", 3, null);
const length = fc.oneof(fc.nat(3), fc.constantFrom(-1, 1.5, 2 ** 53, "2", null));
const offset = fc.oneof(fc.nat(24), fc.constantFrom(-4, 0.5, 2 ** 40, "0"));
const entry = fc.record(
  { dtype, shape: fc.array(length, { maxLength: 4 }), data_offsets: fc.array(offset, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const name = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom("__proto__", "a", "a", "\x1b[31m", "\u202e"));
const metadata = fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.constantFrom(3, null, { a: 1 }));
const described = fc
  .tuple(fc.array(fc.tuple(name, entry), { maxLength: 4 }), fc.option(metadata), fc.uint8Array({ maxLength: 40 }))
  .map(([entries, about, data]) => {
    const pairs = about === null ? entries : [["__metadata__", about] as const, ...entries];
    const text = `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
    const header = new TextEncoder().encode(text);
    const bytes = Uint8Array.from([...new Uint8Array(8), ...header, ...data]);
    new DataView(bytes.buffer).setUint32(0, header.length, true);
    return bytes;
  });

export const safetensors = fuzzProperty({
  name: "safetensors",
  text: "a safetensors file of any bytes is refused by name or read, and what is read can be written and read again",
  cases: 2000,
  open: () => ({
    arbitrary: fc.oneof(mutated(good), described, mutated(described), anyBytes([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d])),
    async holds(bytes) {
      const file = await outcome("a", () => readSafetensors(bytes, "a"));
      const dataset = await outcome("a", () =>
        readDataset({ bytes, source: "a" }, { format: { kind: "safetensors", tensor: "a" } }),
      );
      expect(dataset?.points.every(Number.isFinite) ?? true).toBe(true);
      if (!file) return;
      const again = readSafetensors(writeSafetensors(file.tensors, file.metadata), "b");
      expect(again.tensors).toEqual(file.tensors);
      expect(Object.entries(again.metadata).sort()).toEqual(Object.entries(file.metadata).sort());
    },
  }),
});
