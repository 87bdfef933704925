import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/crc32.js";
import { createEncoding } from "../../../src/federation/encodings/index.js";
import golden from "../../golden/encodings.json" with { type: "json" };
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const key = { seed: 1, round: 0, client: 0 };

/** float32 of all signs, exponents and low bits, as test/golden/encodings.py has them. */
const spread = new Float32Array(Uint32Array.from({ length: 65535 }, (_, i) => (i * 65539) % 2 ** 32).buffer);

describe.each([
  { kind: "float16", firstInfinite: 0x7c00 },
  { kind: "bfloat16", firstInfinite: 0x7f80 },
] as const)("$kind", ({ kind, firstInfinite }) => {
  const { encode, decode, largest } = createEncoding(engine, { kind });
  const patterns = Uint16Array.from({ length: firstInfinite }, (_, pattern) => pattern);
  const valuesOf = (codes: Uint16Array) => decode(new Uint8Array(codes.slice().buffer), codes.length);
  const codesOf = (values: Float32Array) => new Uint16Array(encode(values, key).buffer);

  it("rounds numbers of all sizes as numpy does", () => {
    const values = spread.filter((value) => Math.abs(value) <= largest);
    expect(values).toHaveLength(golden[kind].count);
    expect(crc32(encode(values, key))).toBe(golden[kind].crc32);
  });

  it("gives each of its numbers back, of both signs, in ascending order up to the largest", () => {
    for (const sign of [0, 0x8000]) {
      const codes = patterns.map((code) => code | sign);
      expect(codesOf(valuesOf(codes))).toEqual(codes);
    }
    const values = valuesOf(patterns);
    expect(values.every((value, i) => i === 0 || value > values[i - 1])).toBe(true);
    expect(values.at(-1)).toBe(largest);
  });

  it("rounds to the nearest of its numbers, and from the middle of two to the even one", () => {
    const values = valuesOf(patterns);
    const low = patterns.subarray(0, -1);
    const middle = Float32Array.from(low, (code) => (values[code] + values[code + 1]) / 2);
    const exact = low.filter((code) => middle[code] === (values[code] + values[code + 1]) / 2);
    expect(exact.length).toBeGreaterThan(firstInfinite - 200);
    const bits = new Uint32Array(middle.buffer);
    const moved = (by: number) => codesOf(new Float32Array(Uint32Array.from(exact, (code) => bits[code] + by).buffer));
    expect(moved(0)).toEqual(exact.map((code) => code + (code & 1)));
    expect(moved(1)).toEqual(exact.map((code) => code + 1));
    expect(moved(-1)).toEqual(exact);
  });

  it.each([firstInfinite, firstInfinite + 1, firstInfinite | 0x8000, 0xffff])(
    "refuses the bits of NaN and Infinity: %i",
    (code) => {
      expect(() => decode(new Uint8Array(Uint16Array.of(0, code).buffer), 2)).toThrow(/entry 1 is (NaN|-?Infinity)/);
    },
  );
});
