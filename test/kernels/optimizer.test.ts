import fc from "fast-check";
import { expect, test } from "vitest";
import { type Engine, nullPointer } from "../../src/kernels/index.js";
import { address } from "../support/address.js";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { createDebugEngine } from "../support/test-builds.js";

const size = fc.integer({ min: 0, max: 40 });
const seeds = fc.integer({ min: 1, max: 1e6 });
const scales = fc.constantFrom(1, 0.25, 0.3);

/** Vectors of one step, in wasm memory; `keep` is every third entry 0 where masked. */
function vectors(engine: Engine, count: number, seed: number, masked: boolean) {
  const { arena } = engine;
  const keep = Uint8Array.from({ length: count }, (_, index) => (masked && index % 3 === 0 ? 0 : 1));
  const block = (offset: number, map = (value: number) => value) =>
    arena.copyIn(testNumbers(count, seed + offset).map(map));
  return {
    keep,
    keepPointer: masked ? arena.copyBytes(keep) : nullPointer,
    parameters: block(0),
    gradient: block(1),
    first: block(2),
    second: block(3, Math.abs),
  };
}

/** |actual - expected| within `ulps` float32 roundings of the largest magnitude that entered the sum. */
function expectNear(actual: Float32Array, expected: readonly number[], magnitude: number, ulps: number) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] as number) - value)).toBeLessThanOrEqual(ulps * 2 ** -24 * magnitude);
  });
}

describeEngines("optimizer kernels", (engineOf) => {
  test("sgdStep moves kept entries by learningRate times the scaled gradient", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, scales, fc.boolean(), (count, seed, scale, masked) => {
        arena.scope(() => {
          const { parameters, gradient, keep, keepPointer } = vectors(engineOf(), count, seed, masked);
          const expected = Array.from(
            parameters.array,
            (p, i) => p - 0.1 * scale * (gradient.array[i] as number) * (keep[i] as number),
          );
          kernels.sgdStep(parameters.pointer, gradient.pointer, keepPointer, scale, 0.1, count);
          expectNear(parameters.array, expected, 2, 3);
        });
      }),
    );
  });

  test("momentumStep keeps a velocity and does not move masked entries", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, scales, fc.boolean(), (count, seed, scale, masked) => {
        arena.scope(() => {
          const { parameters, gradient, first, keep, keepPointer } = vectors(engineOf(), count, seed, masked);
          const velocity = Array.from(
            first.array,
            (u, i) => 0.9 * u + scale * (gradient.array[i] as number) * (keep[i] as number),
          );
          const expected = Array.from(
            parameters.array,
            (p, i) => p - 0.1 * (velocity[i] as number) * (keep[i] as number),
          );
          kernels.momentumStep(
            parameters.pointer,
            gradient.pointer,
            first.pointer,
            keepPointer,
            scale,
            0.1,
            0.9,
            count,
          );
          expectNear(first.array, velocity, 2, 4);
          expectNear(parameters.array, expected, 2, 5);
        });
      }),
    );
  });

  test("adamStep updates both moments and does not move masked entries, decay included", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, scales, fc.boolean(), (count, seed, scale, masked) => {
        arena.scope(() => {
          const { parameters, gradient, first, second, keep, keepPointer } = vectors(engineOf(), count, seed, masked);
          const g = Array.from(gradient.array, (value, i) => scale * value * (keep[i] as number));
          const m = Array.from(first.array, (value, i) => 0.9 * value + 0.1 * (g[i] as number));
          const v = Array.from(second.array, (value, i) => 0.99 * value + 0.01 * (g[i] as number) ** 2);
          const expected = Array.from(parameters.array, (p, i) =>
            keep[i] ? 0.98 * p - (0.01 * (m[i] as number)) / (1.5 * Math.sqrt(v[i] as number) + 1e-3) : p,
          );
          const { pointer } = parameters;
          kernels.adamStep(
            pointer,
            gradient.pointer,
            first.pointer,
            second.pointer,
            keepPointer,
            scale,
            0.9,
            0.99,
            0.01,
            1.5,
            1e-3,
            0.98,
            count,
          );
          expectNear(first.array, m, 2, 4);
          expectNear(second.array, v, 2, 4);
          // The move is at most 0.01 / 1e-3 = 10, with 6 roundings of its own.
          expectNear(parameters.array, expected, 10, 8);
        });
      }),
    );
  });

  test("gradientNorm is the float64 norm of the kept entries", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, fc.boolean(), (count, seed, masked) => {
        arena.scope(() => {
          const { gradient, keep, keepPointer } = vectors(engineOf(), count, seed, masked);
          const expected = Math.sqrt(gradient.array.reduce((sum, g, i) => sum + (g * (keep[i] as number)) ** 2, 0));
          expect(kernels.gradientNorm(gradient.pointer, keepPointer, count)).toBeCloseTo(expected, 12);
        });
      }),
    );
  });

  test("gradientNorm neither overflows nor misses NaN or infinity, but for masked entries", () => {
    const { kernels, arena } = engineOf();
    arena.scope(() => {
      const gradient = arena.copyIn(new Float32Array(1001).fill(3e38));
      expect(
        kernels.gradientNorm(gradient.pointer, nullPointer, 1001) / (Math.fround(3e38) * Math.sqrt(1001)),
      ).toBeCloseTo(1, 12);
      for (const index of [0, 998, 1000]) {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
          gradient.array.fill(0)[index] = value;
          expect(Number.isFinite(kernels.gradientNorm(gradient.pointer, nullPointer, 1001))).toBe(false);
          const keep = new Uint8Array(1001).fill(1);
          keep[index] = 0;
          expect(kernels.gradientNorm(gradient.pointer, arena.copyBytes(keep), 1001)).toBe(0);
        }
      }
    });
  });

  test("addProximalGradient adds mu times the way from the start, to `count` entries and no others", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, fc.constantFrom(0.01, 1, 30), (count, seed, mu) => {
        arena.scope(() => {
          const { parameters, gradient, first: start } = vectors(engineOf(), count + 4, seed, false);
          const [before, anchor] = [parameters.array.slice(), start.array.slice()];
          const expected = Array.from(gradient.array, (g, i) => (i < count ? g + mu * (before[i] - anchor[i]) : g));
          kernels.addProximalGradient(gradient.pointer, parameters.pointer, start.pointer, mu, count);
          expectNear(gradient.array, expected, 2 * mu + 2, 3);
          expect(gradient.array.subarray(count)).toEqual(Float32Array.from(expected.slice(count)));
          expect(parameters.array).toEqual(before);
          expect(start.array).toEqual(anchor);
        });
      }),
    );
  });

  test("addControlVariate adds the gradient to the sum, then the correction to the gradient, in `count` entries and no others", () => {
    const { kernels, arena } = engineOf();
    fc.assert(
      fc.property(size, seeds, (count, seed) => {
        arena.scope(() => {
          const { gradient, first: sum, second: correction } = vectors(engineOf(), count + 4, seed, false);
          const [g, s, c] = [gradient, sum, correction].map(({ array }) => array.slice());
          kernels.addControlVariate(gradient.pointer, correction.pointer, sum.pointer, count);
          expect(sum.array).toEqual(s.map((value, i) => (i < count ? value + g[i] : value)));
          expect(gradient.array).toEqual(g.map((value, i) => (i < count ? value + c[i] : value)));
          expect(correction.array).toEqual(c);
        });
      }),
    );
  });

  test("the state of a coordinate without gradient decays to 0, never through denormals, and NaN stays NaN", () => {
    const { kernels, arena } = engineOf();
    arena.scope(() => {
      const { parameters, gradient, first, second } = vectors(engineOf(), 6, 1, false);
      gradient.array.fill(0);
      second.array.set([1e-30, 2, 1e-36, 7e-37, 1e-40], 0);
      first.array.set([Number.NaN], 5);
      for (let step = 0; step < 2000; step++) {
        kernels.adamStep(
          parameters.pointer,
          gradient.pointer,
          first.pointer,
          second.pointer,
          nullPointer,
          1,
          0.9,
          0.9,
          0.01,
          1,
          1e-8,
          1,
          6,
        );
        const state = [...first.array.subarray(0, 5), ...second.array];
        expect(state.filter((value) => value !== 0 && Math.abs(value) < 2 ** -120)).toEqual([]);
      }
      expect(first.array.subarray(0, 5)).toEqual(new Float32Array(5));
      expect(first.array[5]).toBeNaN();
    });
  });
});

test("the debug build traps on a vector that ends outside the memory", async () => {
  const { kernels, arena } = await createDebugEngine();
  const end = arena.buffer.byteLength;
  const [inside, outside] = [address(end - 16), address(end - 12)];
  expect(() => kernels.sgdStep(inside, inside, nullPointer, 1, 0.1, 4)).not.toThrow();
  expect(() => kernels.sgdStep(outside, inside, nullPointer, 1, 0.1, 4)).toThrow();
  expect(() => kernels.gradientNorm(outside, nullPointer, 4)).toThrow();
  expect(() => kernels.addProximalGradient(inside, inside, inside, 1, 4)).not.toThrow();
  expect(() => kernels.addProximalGradient(inside, inside, outside, 1, 4)).toThrow();
  expect(() => kernels.addControlVariate(inside, inside, inside, 4)).not.toThrow();
  expect(() => kernels.addControlVariate(inside, inside, outside, 4)).toThrow();
});
