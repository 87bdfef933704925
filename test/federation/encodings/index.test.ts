import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FedscoreError } from "../../../src/errors.js";
import { createEncoding, type EncodingSpec, encodings } from "../../../src/federation/encodings/index.js";
import { blockLength } from "../../../src/federation/encodings/int8.js";
import { describeEngines, variants } from "../../support/engines.js";
import { arbitrarySpecIn, specsOf } from "../../support/specs.js";

const updates = fc
  .array(fc.float({ min: -60000, max: 60000, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((drawn) => Float32Array.from(drawn));
const keys = fc.record({
  seed: fc.nat(),
  round: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  client: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

/** Most that a number may differ from what it was, where all of them are sent. */
function tolerance(kind: string, values: Float32Array, index: number): number {
  const value = Math.abs(values[index]);
  if (kind === "float16") return Math.max(value * 2 ** -11, 2 ** -25);
  if (kind === "bfloat16") return Math.max(value * 2 ** -8, 2 ** -134);
  if (kind !== "int8") return 0;
  const start = index - (index % blockLength);
  const largest = values.subarray(start, start + blockLength).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return (largest / 127) * (1 + 2 ** -15) + 2 ** -149;
}

const fixedBytes: Readonly<Record<string, (length: number) => number>> = {
  float32: (length) => 4 * length,
  float16: (length) => 2 * length,
  bfloat16: (length) => 2 * length,
  int8: (length) => length + 4 * Math.ceil(length / 256),
};

describeEngines("each encoding", (engineOf) => {
  const made = (spec: EncodingSpec) => createEncoding(engineOf(), spec);

  it.each(specsOf(encodings))("$kind takes as many bytes as it says, and errs by no more than it may", (spec) => {
    const encoding = made(spec);
    fc.assert(
      fc.property(updates, keys, (values, key) => {
        const before = values.slice();
        const bytes = encoding.encode(values, key);
        expect(values).toEqual(before);
        expect(encoding.encode(values, key)).toEqual(bytes);
        expect(bytes.length).toBeLessThanOrEqual(encoding.mostBytes(values.length));
        const exact = fixedBytes[spec.kind];
        if (exact) expect(bytes.length).toBe(exact(values.length));
        const decoded = encoding.decode(bytes, values.length);
        expect(decoded).toHaveLength(values.length);
        for (const [i, value] of decoded.entries()) {
          if (spec.kind === "top-k" && value === 0) continue;
          expect(Math.abs(value - values[i])).toBeLessThanOrEqual(tolerance(spec.kind, values, i));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("leaves of the squared norm of an update at most 1 - share, where the largest entries are sent as float32", () => {
    fc.assert(
      fc.property(updates, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const { encode, decode } = made({ kind: "top-k", share });
        const decoded = decode(encode(values, { seed: 0, round: 0, client: 0 }), values.length);
        const squares = (of: (i: number) => number) => values.reduce((sum, _, i) => sum + of(i) ** 2, 0);
        const sent = Math.max(1, Math.round(share * values.length)) / values.length;
        const whole = squares((i) => values[i]);
        expect(squares((i) => values[i] - decoded[i])).toBeLessThanOrEqual((1 - sent + 1e-12) * whole);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses bytes that were cut off, put in or are of another number of entries, with a stable code", () => {
    fc.assert(
      fc.property(arbitrarySpecIn(encodings), updates, keys, fc.nat(), (spec, values, key, cut) => {
        const encoding = made(spec);
        const bytes = encoding.encode(values, key);
        for (const wrong of [bytes.subarray(0, cut % bytes.length), Uint8Array.of(...bytes, 0)]) {
          const refuse = () => encoding.decode(wrong, values.length);
          expect(refuse).toThrow(FedscoreError);
          expect(refuse).toThrow(expect.objectContaining({ code: "FEDSCORE_WORKER" }));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("decodes bytes wherever they lie in their memory", () => {
    fc.assert(
      fc.property(
        arbitrarySpecIn(encodings),
        updates,
        keys,
        fc.integer({ min: 1, max: 3 }),
        (spec, values, key, shift) => {
          const encoding = made(spec);
          const bytes = encoding.encode(values, key);
          const moved = Buffer.alloc(bytes.length + shift);
          moved.set(bytes, shift);
          expect(encoding.decode(moved.subarray(shift), values.length)).toEqual(encoding.decode(bytes, values.length));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("the encodings' bytes", () => {
  it("are those of every build of the kernels", async () => {
    const { createEngine } = await import("../../../src/kernels/index.js");
    const engines = await Promise.all(variants.map((variant) => createEngine({ variant })));
    const values = Float32Array.from({ length: 600 }, (_, i) => Math.sqrt(i) - 9);
    for (const spec of specsOf(encodings)) {
      const [first, ...others] = engines.map((engine) =>
        createEncoding(engine, spec).encode(values, { seed: 3, round: 1, client: 2 }),
      );
      for (const other of others) expect(other).toEqual(first);
    }
  });
});
