import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Divergence, type DivergenceName, divergences } from "../../src/divergence/index.js";
import { nearestNeighbourKl } from "../../src/theory/measured/nearest-neighbour-kl.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { gaussianSample } from "../support/samples.js";

const all: readonly Divergence[] = [...Object.values(divergences), nearestNeighbourKl];
const engine = await simdEngine();

/** Rows on a grid of 2^-12, of which float32 loses nothing down to 2^-130: that deep its numbers have few digits. */
function coarse(rows: number, dimension: number, seed: number, shift: number): Float32Array {
  return gaussianSample(engine, rows, dimension, seed, { shift }).map((value) => Math.round(value * 2 ** 12) / 2 ** 12);
}

describe("every divergence", () => {
  it.each(all)("$name obeys its law of scale from subnormal rows to the largest", (divergence) => {
    for (const dimension of [1, 3, 30]) {
      const [a, b] = [coarse(60, dimension, 1, 0), coarse(50, dimension, 2, 0.5)];
      const of = (x: Float32Array, y: Float32Array) => divergence.evaluate(engine, x, y, dimension, { seed: 1 });
      const unit = of(a, b);
      fc.assert(
        fc.property(fc.integer({ min: -137, max: 124 }), (exponent) => {
          const c = 2 ** exponent;
          const { value, low, high, details } = of(
            a.map((entry) => entry * c),
            b.map((entry) => entry * c),
          );
          const factor = divergence.scaling === "linear" ? c : 1;
          // A power of two changes no digit, so the law holds to the bit.
          expect([value, low, high]).toEqual([unit.value * factor, unit.low * factor, unit.high * factor]);
          for (const [key, entry] of Object.entries(details))
            expect(entry).toBe(unit.details[key] * (divergence.lengths?.includes(key) ? c : 1));
        }),
        { numRuns: 30, examples: [[-137], [-100], [66], [99], [124]] },
      );
    }
  });

  it.each(all)("$name gives finite numbers for any finite rows, or a typed error", (divergence) => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    const rows = (dimension: number) =>
      fc.float32Array({ minLength: 24 * dimension, maxLength: 24 * dimension, noNaN: true, noDefaultInfinity: true });
    const drawn = fc.constantFrom(1, 2, 25).chain((dimension) =>
      fc.record({
        dimension: fc.constant(dimension),
        a: rows(dimension),
        b: rows(dimension),
        constant: fc.option(float),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ dimension, a, b, constant }) => {
        if (constant !== null) b.fill(constant);
        try {
          const { value, low, high, details } = divergence.evaluate(engine, a, b, dimension, { seed: 1 });
          expect([value, low, high, ...Object.values(details)].filter((number) => !Number.isFinite(number))).toEqual(
            [],
          );
          expect(low).toBeLessThanOrEqual(high);
        } catch (error) {
          expect(error).toHaveProperty("code", "FEDSCORE_INVALID_DATA");
        }
      }),
      { numRuns: 60 },
    );
  });
});

describeEngines("one column far above the others", (engineOf) => {
  it.each(Object.keys(divergences) as DivergenceName[])("%s is that of the column alone", (name) => {
    const [a, b] = [gaussianSample(engineOf(), 200, 3, 1), gaussianSample(engineOf(), 200, 3, 2, { shift: 1 })];
    const big = (x: Float32Array) => x.map((value, at) => (at % 3 === 0 ? value * 1e20 : value));
    const only = (x: Float32Array) => x.map((value, at) => (at % 3 === 0 ? value : 0));
    const of = (x: Float32Array, y: Float32Array) => divergences[name].evaluate(engineOf(), x, y, 3, { seed: 1 });
    const [got, expected] = [of(big(a), big(b)), of(only(a), only(b))];
    const factor = divergences[name].scaling === "linear" ? 1e20 : 1;
    // The other columns count 1e-40 of it; 1e20 and the columns' rounding to float32 remain.
    for (const key of ["value", "low", "high"] as const) {
      expect(Math.abs(got[key] / factor - expected[key])).toBeLessThan(1e-5);
    }
  });
});
