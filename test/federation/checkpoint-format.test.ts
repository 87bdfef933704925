import fc from "fast-check";
import { expect, it } from "vitest";
import { type CheckpointContent, decodeCheckpoint, encodeCheckpoint } from "../../src/federation/checkpoint-format.js";

const arbitraryContent: fc.Arbitrary<CheckpointContent> = fc.record({
  values: fc.dictionary(fc.string(), fc.jsonValue()),
  arrays: fc.dictionary(
    fc.string().filter((name) => name !== "__proto__"),
    fc.oneof(fc.float32Array({ maxLength: 9 }), fc.float64Array({ maxLength: 9 }), fc.uint8Array({ maxLength: 21 })),
  ),
});

const small = encodeCheckpoint({
  values: { round: 3, text: "Γ* ≥ 1" },
  arrays: { parameters: Float32Array.of(1, -2, Number.NaN), covered: Uint8Array.of(1, 0, 1) },
});

const refusal = expect.objectContaining({ code: "FEDSCORE_CHECKPOINT" });

it("gives back what was put in, wherever the bytes lie", () => {
  fc.assert(
    fc.property(arbitraryContent, fc.integer({ min: 0, max: 9 }), (content, shift) => {
      const bytes = encodeCheckpoint(content);
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      const { values, arrays } = decodeCheckpoint(moved);
      expect(values).toEqual(JSON.parse(JSON.stringify(content.values)));
      expect(arrays).toEqual(content.arrays);
    }),
  );
});

it("refuses every single changed byte", () => {
  for (let i = 0; i < small.length; i++) {
    const broken = small.slice();
    broken[i] ^= 1 + (i % 255);
    expect(() => decodeCheckpoint(broken), `byte ${i}`).toThrow(refusal);
  }
});

it("refuses every truncation, extension and other bytes", () => {
  for (let length = 0; length < small.length; length++) {
    expect(() => decodeCheckpoint(small.subarray(0, length)), `length ${length}`).toThrow(refusal);
  }
  expect(() => decodeCheckpoint(Uint8Array.of(...small, 0))).toThrow(refusal);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => decodeCheckpoint(bytes)).toThrow(refusal);
    }),
  );
});

it("names another version", () => {
  const other = small.slice();
  other[8] = 3;
  expect(() => decodeCheckpoint(other)).toThrow(
    "cannot resume from this checkpoint: it has format version 3, this version of fedscore reads 2",
  );
});
