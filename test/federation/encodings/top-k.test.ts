import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEncoding } from "../../../src/federation/encodings/index.js";
import { largestEntries } from "../../../src/federation/encodings/largest.js";
import { decodeIndices, encodeIndices, mostIndexBytes } from "../../../src/federation/encodings/sparse-indices.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const key = { seed: 1, round: 0, client: 0 };
const topK = (share: number) => createEncoding(engine, { kind: "top-k", share });

it("sends the share of the numbers that is largest, at least one, and nothing of the others", () => {
  const values = Float32Array.of(1, -5, 0.5, 3, -3, 0, 4, 2);
  const send = (share: number) => [...topK(share).decode(topK(share).encode(values, key), 8)];
  expect(send(0.01)).toEqual([0, -5, 0, 0, 0, 0, 0, 0]);
  expect(send(0.25)).toEqual([0, -5, 0, 0, 0, 0, 4, 0]);
  expect(send(0.375)).toEqual([0, -5, 0, 3, 0, 0, 4, 0]);
  expect(send(0.5)).toEqual([0, -5, 0, 3, -3, 0, 4, 0]);
  expect(send(1)).toEqual([...values]);
});

it("finds the entries that sorting finds, of equal ones the first", () => {
  const value = fc.oneof(
    fc.constantFrom(0, -0, 1, -1, 2 ** -149, 2 ** 127),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), fc.nat(), (drawn, cut) => {
      const values = Float32Array.from(drawn);
      const count = 1 + (cut % values.length);
      const sorted = [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]) || a - b);
      expect(largestEntries(values, count)).toEqual(Uint32Array.from(sorted.slice(0, count)).sort());
    }),
  );
});

describe("indices", () => {
  const sets = fc
    .tuple(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat())
    .map(([length, share, start]) => {
      const kept = Array.from({ length }, (_, i) => i).filter((i) => ((i * 7919 + start) % 1000) / 1000 < share);
      return { length, indices: Uint32Array.from(kept) };
    });

  it("come back from bits or from distances, whichever are fewer bytes", () => {
    const seen = new Set<number>();
    fc.assert(
      fc.property(sets, ({ length, indices }) => {
        const bytes = encodeIndices(indices, length);
        seen.add(bytes[0]);
        expect(bytes.length).toBeLessThanOrEqual(mostIndexBytes(length));
        expect(decodeIndices("top-k", bytes, indices.length, length)).toEqual(indices);
      }),
    );
    expect(seen).toEqual(new Set([0, 1]));
  });

  it("have known bytes: distances from the one before in groups of 7 bits, or a bit each", () => {
    expect([...encodeIndices(Uint32Array.of(3, 4, 300), 1000)]).toEqual([1, 3, 0, 0x80 | (295 & 0x7f), 295 >> 7]);
    expect([...encodeIndices(Uint32Array.of(0, 1, 9), 10)]).toEqual([0, 0b11, 0b10]);
    expect([...encodeIndices(Uint32Array.of(2 ** 31), 2 ** 32 - 1)]).toEqual([1, 128, 128, 128, 128, 8]);
  });

  it.each([
    { bytes: [2, 0, 0], what: "indices of the form 2" },
    { bytes: [], what: "indices of the form undefined" },
    { bytes: [0, 1, 0, 1], what: "1 indices of 1000 numbers" },
    { bytes: [1, 1, 2], what: "index 2 has no end" },
    { bytes: [1, 1, 2, 0x83], what: "index 2 has no end" },
    { bytes: [1, 1, 2, 0x83, 0], what: "index 2 is longer than it need be" },
    { bytes: [1, 1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 1], what: "index 2 has no end" },
    { bytes: [1, 1, 2, 0xff, 0x7f], what: "of 1000 numbers" },
    { bytes: [1, 1, 2, 3, 4], what: "1 bytes behind the indices" },
  ])("are refused: $bytes", ({ bytes, what }) => {
    const pattern = bytes[0] === 0 ? /bytes of indices/ : what;
    expect(() => decodeIndices("top-k", Uint8Array.from(bytes), 3, 1000)).toThrow(pattern);
  });

  it("are refused as bits of another number, or beyond the numbers, or as distances that are longer than bits", () => {
    expect(() => decodeIndices("top-k", Uint8Array.of(0, 0b111, 0), 2, 10)).toThrow("3 indices, not 2");
    expect(() => decodeIndices("top-k", Uint8Array.of(0, 1, 0b100), 2, 10)).toThrow("index 10 of 10 numbers");
    expect(() => decodeIndices("top-k", Uint8Array.of(1, 1, 1), 2, 10)).toThrow("longer than bits");
  });
});
