import fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals, streamWords } from "../../src/kernels/random.js";
import { describeEngines } from "../support/engines.js";

interface Case {
  readonly x: Float32Array;
  readonly denoised: Float32Array;
  readonly c: readonly [number, number, number];
  readonly first: number;
  readonly seed: number;
  readonly step: number;
}

const key = ({ seed, step }: Case) => ({ seed, purpose: Purpose.samplerNoise, step }) as const;

/** One call of the kernel on elements [begin, end) of the case. */
function run(engine: Engine, data: Case, begin = 0, end = data.x.length): { x: Float32Array; bad: number } {
  const { seedLow, seedHigh, step, client, tag } = streamWords(key(data));
  return engine.arena.scope(() => {
    const x = engine.arena.copyIn(data.x.subarray(begin, end));
    const x0 = engine.arena.copyIn(data.denoised.subarray(begin, end));
    const [cx, c0, cn] = data.c;
    const n = end - begin;
    const first = data.first + begin;
    const { pointer } = x;
    const bad = engine.kernels.samplerStep(
      pointer,
      x0.pointer,
      n,
      cx,
      c0,
      cn,
      first,
      seedLow,
      seedHigh,
      step,
      client,
      tag,
    );
    return { x: x.array.slice(), bad };
  });
}

const real = fc.float({ min: -8, max: 8, noNaN: true });
const cases = fc
  .record({
    count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 1100 })),
    c: fc.tuple(real, real, fc.float({ min: Math.fround(0.01), max: 3, noNaN: true })),
    first: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 2 ** 32 - 50, max: 2 ** 33 })),
    seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    step: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    salt: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ count, c, salt, ...rest }): Case => {
    const x = Float32Array.from({ length: count }, (_, i) => Math.sin(i * salt) * 3);
    const denoised = Float32Array.from({ length: count }, (_, i) => Math.cos(i * salt * 0.7));
    return { x, denoised, c, ...rest };
  });

describeEngines("samplerStep", (engineOf) => {
  test("is cx x + c0 x0 + cn z with z of the normal stream", () => {
    fc.assert(
      fc.property(cases, (data) => {
        const { x, bad } = run(engineOf(), data);
        expect(bad).toBe(-1);
        const z = normals(engineOf(), x.length, key(data), data.first);
        const [cx, c0, cn] = data.c;
        for (let i = 0; i < x.length; i++) {
          const terms = [cx * data.x[i], c0 * data.denoised[i], cn * z[i]];
          const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
          // Each term is rounded three times at most, by 2^-24 relative.
          const bound = 3.001 * 2 ** -24 * size + 2 ** -140;
          expect(Math.abs(x[i] - (terms[0] + terms[1] + terms[2]))).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("cutting a range anywhere gives the same bytes", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (data, u, noisy) => {
        const given: Case = noisy ? data : { ...data, c: [data.c[0], data.c[1], 0] };
        const n = given.x.length;
        const cut = Math.floor(u * n);
        const whole = run(engineOf(), given).x;
        const parts = [run(engineOf(), given, 0, cut).x, run(engineOf(), given, cut, n).x];
        expect([...parts[0], ...parts[1]]).toEqual(Array.from(whole));
      }),
      { numRuns: 60 },
    );
  });

  test("without noise nothing depends on the stream", () => {
    fc.assert(
      fc.property(cases, (data) => {
        const silent: Case = { ...data, c: [data.c[0], data.c[1], 0] };
        const other: Case = { ...silent, seed: 1, step: 7, first: 3 };
        expect(run(engineOf(), silent).x).toEqual(run(engineOf(), other).x);
      }),
      { numRuns: 20 },
    );
  });

  test("names the first element that is not finite", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38]) {
      for (const at of [0, 3, 4, 511, 512, 700, 1000]) {
        for (const cn of [0, 1]) {
          const x = new Float32Array(1001).fill(1);
          const denoised = new Float32Array(1001).fill(1);
          (at % 2 ? x : denoised)[at] = value;
          if (at < 900) x[at + 50] = Number.NaN;
          expect(run(engineOf(), { x, denoised, c: [2, 2, cn], first: 5, seed: 1, step: 0 }).bad).toBe(at);
        }
      }
    }
  });
});
