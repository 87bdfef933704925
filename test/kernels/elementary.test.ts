import fc from "fast-check";
import { expect, test } from "vitest";
import { atFloat32 } from "../../src/kernels/index.js";
import { describeVariants } from "../support/engines.js";
import { createTestingEngine } from "../support/test-builds.js";
import { spacing32 } from "../support/ulp.js";

type Vector = "vecExp" | "vecLog" | "vecSin" | "vecCos" | "vecTanh" | "vecErf";

/** Float32 numbers of every size and sign: each 20011th bit pattern, and all numbers of the given intervals. */
function scan(intervals: readonly (readonly [number, number])[]): Float32Array {
  const bits: number[] = [];
  for (let pattern = 0; pattern < 2 ** 32; pattern += 20011) bits.push(pattern);
  for (const [low, high] of intervals) {
    const [a, b] = new Uint32Array(Float32Array.of(low, high).buffer) as unknown as [number, number];
    for (let pattern = Math.min(a, b); pattern <= Math.max(a, b); pattern++) bits.push(pattern);
  }
  return new Float32Array(Uint32Array.from(bits).buffer);
}

describeVariants("vector functions", createTestingEngine, (testingOf) => {
  const run = (name: Vector, x: Float32Array): Float32Array => {
    const { arena, kernels } = testingOf();
    return arena.scope(() => {
      const block = arena.copyIn(x);
      kernels[name](block.pointer, block.pointer, x.length);
      return block.array.slice();
    });
  };

  // Error bounds: those of assembly/elementary.ts. The intervals hold the largest errors that an exhaustive scan found.
  test.each<[Vector, number, (x: number) => number, [number, number][]]>([
    [
      "vecExp",
      1.02,
      Math.exp,
      [
        [-5.86, -5.85],
        [26.7, 26.71],
      ],
    ],
    [
      "vecLog",
      0.84,
      Math.log,
      [
        [1.413, 1.4139],
        [0.7, 0.701],
      ],
    ],
    [
      "vecSin",
      1.56,
      Math.sin,
      [
        [208.14, 208.15],
        [0.785, 0.786],
      ],
    ],
    [
      "vecCos",
      1.56,
      Math.cos,
      [
        [3.908, 3.909],
        [0.785, 0.786],
      ],
    ],
    ["vecTanh", 2.67, Math.tanh, [[0.0617, 0.0625]]],
    ["vecErf", 1.33, (x) => testingOf().engine.kernels.mathErf(x), [[1.05, 1.06]]],
  ])("%s is within %f ulp, specials exact", (name, bound, exact, intervals) => {
    const x = scan(intervals);
    const got = run(name, x);
    let worst = 0;
    let wrongSpecials = 0;
    for (let i = 0; i < x.length; i++) {
      const expected = exact(x[i]);
      const rounded = Math.fround(expected);
      if (Number.isFinite(rounded) && rounded !== 0) {
        worst = Math.max(worst, Math.abs(got[i] - expected) / spacing32(rounded));
      } else if (!Object.is(rounded, got[i])) wrongSpecials++;
    }
    expect(wrongSpecials).toBe(0);
    expect(worst).toBeLessThanOrEqual(bound);
    expect(worst).toBeGreaterThan(bound / 2);
  });

  test.each<[Vector, [number, number][]]>([
    [
      "vecExp",
      [
        [Infinity, Infinity],
        [-Infinity, 0],
        [NaN, NaN],
        [0, 1],
        [-0, 1],
        [89, Infinity],
        [-104, 0],
      ],
    ],
    [
      "vecLog",
      [
        [Infinity, Infinity],
        [0, -Infinity],
        [-0, -Infinity],
        [-1, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [1, 0],
      ],
    ],
    [
      "vecSin",
      [
        [0, 0],
        [-0, -0],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [1e-45, 1e-45],
      ],
    ],
    [
      "vecCos",
      [
        [0, 1],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
      ],
    ],
    [
      "vecTanh",
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
        [1e-45, 1e-45],
      ],
    ],
    [
      "vecErf",
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
      ],
    ],
  ])("%s keeps zeros, infinities, NaN and denormals", (name, cases) => {
    const got = run(
      name,
      Float32Array.from(cases, ([x]) => x),
    );
    expect([...got]).toEqual(cases.map(([, y]) => Math.fround(y)));
  });

  test("exp underflows gradually and log reads denormals", () => {
    const x = Float32Array.from({ length: 160 }, (_, i) => -87 - i / 10);
    const got = run("vecExp", x);
    x.forEach((value, i) => {
      expect(Math.abs(got[i] - Math.exp(value))).toBeLessThanOrEqual(
        Math.max(2 ** -149 / 2, 1.02 * spacing32(Math.fround(Math.exp(value)))),
      );
    });
    const denormals = Float32Array.of(1e-45, 3e-42, 1.1754942e-38);
    run("vecLog", denormals).forEach((y, i) => {
      expect(Math.abs(y - Math.log(denormals[i]))).toBeLessThan(8e-6);
    });
  });

  test("each number depends on its own argument alone, at any length and offset", () => {
    const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * 7) * 3);
    const whole = run("vecErf", x);
    fc.assert(
      fc.property(fc.nat(30), fc.nat(10), (first, n) => {
        const { arena, kernels } = testingOf();
        arena.scope(() => {
          const input = arena.copyIn(x);
          const out = arena.floats(n + 8);
          out.array.fill(7);
          kernels.vecErf(atFloat32(input.pointer, first), atFloat32(out.pointer, 1), n);
          expect([...out.array]).toEqual([7, ...whole.slice(first, first + n), 7, 7, 7, 7, 7, 7, 7]);
        });
      }),
    );
  });
});
