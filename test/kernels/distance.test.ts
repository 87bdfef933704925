import fc from "fast-check";
import { expect, it } from "vitest";
import { atFloat32 } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 13 }),
  d: fc.integer({ min: 1, max: 11 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a[i * d + k] - b[j * d + k]) ** 2;
  return sum;
}

function transpose(x: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: x.length }, (_, at) => x[(at % rows) * columns + Math.floor(at / rows)]);
}

describeEngines("pairwise distances", (engineOf) => {
  it("by differences", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 3 }), ({ rows, columns, d, seed }, first) => {
        const a = testNumbers(rows * d, seed);
        const b = testNumbers((columns + first) * d, seed + 1);
        const found = arena.scope(() => {
          const out = arena.floats(rows * columns);
          const right = atFloat32(arena.copyIn(transpose(b, columns + first, d)).pointer, first);
          kernels.squaredDistances(arena.copyIn(a).pointer, right, rows, columns, d, columns + first, out.pointer);
          return out.array.slice();
        });
        found.forEach((value, at) => {
          const [i, j] = [Math.floor(at / columns), at % columns];
          expect(value).toBeCloseTo(squaredDistance(a, i, b, first + j, d), 5);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("by inner products, never below 0", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(sizes, ({ rows, columns, d, seed }) => {
        const a = testNumbers(rows * d, seed);
        const b = testNumbers(columns * d, seed + 1);
        b.set(a.subarray(0, Math.min(a.length, b.length)));
        const gram = Float32Array.from({ length: rows * columns }, (_, at) => {
          const [i, j] = [Math.floor(at / columns), at % columns];
          let sum = 0;
          for (let k = 0; k < d; k++) sum += a[i * d + k] * b[j * d + k];
          return sum;
        });
        const found = arena.scope(() => {
          const [normsA, normsB] = [arena.floats(rows), arena.floats(columns)];
          kernels.squaredNorms(arena.copyIn(a).pointer, rows, d, normsA.pointer);
          kernels.squaredNorms(arena.copyIn(b).pointer, columns, d, normsB.pointer);
          const out = arena.copyIn(gram);
          kernels.gramToSquaredDistances(out.pointer, normsA.pointer, normsB.pointer, rows, columns);
          return out.array.slice();
        });
        found.forEach((value, at) => {
          const [i, j] = [Math.floor(at / columns), at % columns];
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeCloseTo(squaredDistance(a, i, b, j, d), 5);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describeEngines("functions of squared distances", (engineOf) => {
  it.each([1, 2, 3, 4, 5, 8, 31])("roots and Gaussians of %i values, and their sums", (n) => {
    const { arena, kernels } = engineOf();
    const x = testNumbers(n, n).map((value) => (1 + value) * 3);
    arena.scope(() => {
      const [roots, gaussians] = [arena.copyIn(x), arena.copyIn(x)];
      const rootSum = kernels.squareRoots(roots.pointer, n);
      const gaussianSum = kernels.expNegated(gaussians.pointer, n, 0.75);
      expect(roots.array).toEqual(x.map(Math.sqrt));
      gaussians.array.forEach((value, i) => {
        expect(value).toBeCloseTo(Math.exp(-0.75 * x[i]), 6);
      });
      expect(rootSum).toBeCloseTo(
        roots.array.reduce((sum, value) => sum + value, 0),
        12,
      );
      expect(gaussianSum).toBeCloseTo(
        gaussians.array.reduce((sum, value) => sum + value, 0),
        12,
      );
    });
  });

  it("column products add up in float64", () => {
    const { arena, kernels } = engineOf();
    for (const [rows, columns] of [
      [1, 1],
      [3, 4],
      [5, 7],
      [70, 13],
    ]) {
      const [x, y] = [testNumbers(rows * columns, 1), testNumbers(rows * columns, 2)];
      const found = arena.scope(() => {
        const sums = arena.copyBytes(new Float64Array(columns).fill(10));
        kernels.addColumnDots(arena.copyIn(x).pointer, arena.copyIn(y).pointer, rows, columns, sums);
        return arena.float64(sums, columns).slice();
      });
      found.forEach((value, c) => {
        let expected = 10;
        for (let r = 0; r < rows; r++) expected += x[r * columns + c] * y[r * columns + c];
        expect(value).toBeCloseTo(expected, 12);
      });
    }
  });
});
