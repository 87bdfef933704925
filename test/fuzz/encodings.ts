import fc from "fast-check";
import { expect } from "vitest";
import { FedscoreError } from "../../src/errors.js";
import { createEncoding, encodings } from "../../src/federation/encodings/index.js";
import { createEngine } from "../../src/kernels/index.js";
import { anyBytes, mutated } from "../support/hostile-bytes.js";
import { arbitrarySpecIn } from "../support/specs.js";
import { fuzzProperty } from "./property.js";

const values = fc
  .array(fc.float({ min: -60000, max: 60000, noNaN: true }), { maxLength: 600 })
  .map((drawn) => Float32Array.from(drawn));

export const encodedUpdates = fuzzProperty({
  name: "encodings",
  text: "an update of any bytes is refused with a stable code, or is as many finite numbers as were asked for",
  cases: 1500,
  async open() {
    const engine = await createEngine();
    const key = { seed: 1, round: 2, client: 3 };
    const read = { refused: 0, taken: 0 };
    return {
      arbitrary: fc.tuple(arbitrarySpecIn(encodings), values, fc.boolean()).chain(([spec, drawn, good]) => {
        const encoding = createEncoding(engine, spec);
        const bytes = encoding.encode(drawn, key);
        const hostile = good ? mutated(fc.constant(bytes)) : anyBytes([...bytes.subarray(0, 8)]);
        const lengths = fc.oneof(fc.constant(drawn.length), fc.nat(700));
        return fc.record({ spec: fc.constant(spec), bytes: hostile, length: lengths });
      }),
      holds({ spec, bytes, length }) {
        const encoding = createEncoding(engine, spec);
        const before = bytes.slice();
        try {
          const decoded = encoding.decode(bytes, length);
          read.taken++;
          expect(decoded).toHaveLength(length);
          expect(decoded.every(Number.isFinite)).toBe(true);
          expect(bytes.length).toBeLessThanOrEqual(encoding.mostBytes(length));
        } catch (error) {
          if (!(error instanceof FedscoreError)) throw error;
          read.refused++;
          expect(error.code).toBe("FEDSCORE_WORKER");
          expect(error.message).toMatch(/^these bytes are no [a-z0-9-]+ numbers: /);
        }
        expect(bytes).toEqual(before);
      },
      end(cases) {
        expect(Math.min(read.refused, read.taken)).toBeGreaterThan(cases / 100);
        return `${read.refused} refused, ${read.taken} read`;
      },
    };
  },
});
