import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matmul, packedLength } from "../../src/kernels/gemm.js";
import { createEngine, type Engine, nullPointer } from "../../src/kernels/index.js";
import { address } from "../support/address.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { createDebugEngine } from "../support/test-builds.js";

interface Product {
  rows: number;
  depth: number;
  columns: number;
  transposeA: boolean;
  transposeB: boolean;
  bias?: Float32Array;
}

/** Element (i, k) of a matrix [rows, columns] or of its stored transpose. */
const at = (matrix: Float32Array, stored: [number, number], transposed: boolean, i: number, k: number) =>
  matrix[transposed ? k * stored[1] + i : i * stored[1] + k] as number;

const orientation = ({ transposeA, transposeB }: Product) => ({ transposeA, transposeB });

/** The sums in the kernels' order, one float32 rounding for each product and each sum; and the sum of absolute products. */
function reference(a: Float32Array, b: Float32Array, { rows, depth, columns, transposeA, transposeB, bias }: Product) {
  const values = new Float32Array(rows * columns);
  const magnitudes = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = bias?.[j] ?? 0;
      let magnitude = Math.abs(sum);
      for (let k = 0; k < depth; k++) {
        const product =
          at(a, transposeA ? [depth, rows] : [rows, depth], transposeA, i, k) *
          at(b, transposeB ? [columns, depth] : [depth, columns], transposeB, k, j);
        sum = Math.fround(sum + Math.fround(product));
        magnitude += Math.abs(product);
      }
      values[i * columns + j] = sum;
      magnitudes[i * columns + j] = magnitude;
    }
  }
  return { values, magnitudes };
}

/** Strict SIMD must give the reference's bits; one rounding less a step may differ by (2 depth + 1) half-ulps of the magnitude. */
function expectProduct(engine: Engine, actual: Float32Array, expected: ReturnType<typeof reference>, depth: number) {
  if (engine.variant !== "relaxed") {
    expect(actual).toEqual(expected.values);
    return;
  }
  expected.values.forEach((value, index) => {
    const bound = (2 * depth + 1) * 2 ** -24 * (expected.magnitudes[index] as number);
    expect(Math.abs((actual[index] as number) - value)).toBeLessThanOrEqual(bound);
  });
}

const side = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 }));

describeEngines("gemm", (engineOf) => {
  test("gives the reference product for any sizes and orientations", () => {
    const product = fc.record({
      rows: side,
      depth: side,
      columns: side,
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    fc.assert(
      fc.property(product, fc.integer({ min: 1, max: 1e6 }), (shape, seed) => {
        const a = testNumbers(shape.rows * shape.depth, seed);
        const b = testNumbers(shape.depth * shape.columns, seed + 1);
        const actual = matmul(engineOf(), a, b, shape.rows, shape.depth, shape.columns, orientation(shape));
        expectProduct(engineOf(), actual, reference(a, b, shape), shape.depth);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    { rows: 241, depth: 17, columns: 9, transposeA: false, transposeB: true },
    { rows: 7, depth: 256, columns: 8, transposeA: false, transposeB: false },
    { rows: 13, depth: 257, columns: 11, transposeA: false, transposeB: true },
    { rows: 5, depth: 600, columns: 3, transposeA: true, transposeB: false },
    { rows: 485, depth: 513, columns: 2, transposeA: true, transposeB: true },
    { rows: 1024, depth: 5, columns: 9, transposeA: true, transposeB: false },
    { rows: 1024, depth: 258, columns: 2, transposeA: true, transposeB: false },
  ])("crosses its cache blocks without a trace: %o", (shape) => {
    const a = testNumbers(shape.rows * shape.depth, 3);
    const b = testNumbers(shape.depth * shape.columns, 4);
    const actual = matmul(engineOf(), a, b, shape.rows, shape.depth, shape.columns, orientation(shape));
    expectProduct(engineOf(), actual, reference(a, b, shape), shape.depth);
  });

  test("respects row strides, adds the bias first and writes nothing beside its result", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(side, side, side, fc.integer({ min: 0, max: 5 }), (rows, depth, columns, gap) => {
        arena.scope(() => {
          const a = testNumbers(rows * depth, 5);
          const b = testNumbers(depth * columns, 6);
          const bias = testNumbers(columns, 7);
          const left = arena.floats(rows * (depth + gap));
          const packed = arena.floats(packedLength(depth, columns)).pointer;
          const result = arena.floats(rows * (columns + gap) + 8);
          const right = arena.copyIn(b).pointer;
          const addend = arena.copyIn(bias).pointer;
          left.array.fill(Number.NaN);
          for (let i = 0; i < rows; i++) left.array.set(a.subarray(i * depth, (i + 1) * depth), i * (depth + gap));
          result.array.fill(-7);
          kernels.packPanels(right, columns, depth, columns, packed);
          kernels.gemm(
            0,
            left.pointer,
            depth + gap,
            packed,
            addend,
            result.pointer,
            columns + gap,
            rows,
            columns,
            depth,
          );
          const actual = new Float32Array(rows * columns);
          result.array.forEach((value, index) => {
            const [row, column] = [Math.floor(index / (columns + gap)), index % (columns + gap)];
            if (row < rows && column < columns) actual[row * columns + column] = value;
            else expect(value).toBe(-7);
          });
          const shape = { rows, depth, columns, transposeA: false, transposeB: false, bias };
          expectProduct(engineOf(), actual, reference(a, b, shape), depth);
        });
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    [1050, 3],
    [523, 130],
    [230, 300],
  ])("adds to each of %i columns its own bias, over a depth of %i", (columns, depth) => {
    const { arena, kernels } = engineOf();
    arena.scope(() => {
      const rows = 5;
      const [a, b, bias] = [rows * depth, depth * columns, columns].map((length, seed) =>
        testNumbers(length, seed + 8),
      );
      const packed = arena.floats(packedLength(depth, columns)).pointer;
      const result = arena.floats(rows * columns);
      kernels.packPanels(arena.copyIn(b).pointer, columns, depth, columns, packed);
      const [left, addend] = [arena.copyIn(a).pointer, arena.copyIn(bias).pointer];
      kernels.gemm(0, left, depth, packed, addend, result.pointer, columns, rows, columns, depth);
      const shape = { rows, depth, columns, transposeA: false, transposeB: false, bias };
      expectProduct(engineOf(), result.array, reference(a, b, shape), depth);
    });
  });

  test("packs 8 columns to a panel, depth by depth, with zeros beyond the last", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(side, side, fc.boolean(), (depth, columns, transposed) => {
        arena.scope(() => {
          const matrix = testNumbers(depth * columns, 9);
          const packed = arena.floats(packedLength(depth, columns));
          packed.array.fill(Number.NaN);
          const source = arena.copyIn(matrix).pointer;
          if (transposed) kernels.packPanelsTransposed(source, depth, depth, columns, packed.pointer);
          else kernels.packPanels(source, columns, depth, columns, packed.pointer);
          const expected = Float32Array.from({ length: 8 * depth * Math.ceil(columns / 8) }, (_, index) => {
            const column = 8 * Math.floor(index / (8 * depth)) + (index % 8);
            const k = Math.floor(index / 8) % depth;
            if (column >= columns) return 0;
            return matrix[transposed ? column * depth + k : k * columns + column];
          });
          expect(packed.array.slice(0, expected.length)).toEqual(expected);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("gives a row the same bits in every batch", () => {
    const [rows, depth, columns] = [65, 300, 21];
    const a = testNumbers(rows * depth, 8);
    const b = testNumbers(depth * columns, 9);
    const together = matmul(engineOf(), a, b, rows, depth, columns);
    for (const batch of [1, 2, 3, 5, 6, 7, 64]) {
      const part = matmul(engineOf(), a.subarray(depth, (batch + 1) * depth), b, batch, depth, columns);
      expect(part).toEqual(together.slice(columns, (batch + 1) * columns));
    }
  });

  test("gives the same bits with tiles of any height", async () => {
    const [rows, depth, columns] = [29, 37, 19];
    const [a, b] = [testNumbers(rows * depth, 12), testNumbers(depth * columns, 13)];
    const usual = matmul(engineOf(), a, b, rows, depth, columns);
    const engine = await createEngine({ variant: engineOf().variant });
    for (const height of [1, 2, 3, 4, 5, 6, 99]) {
      engine.kernels.setTileRows(height);
      expect(matmul(engine, a, b, rows, depth, columns)).toEqual(usual);
      const transposed = { transposeA: true };
      const turned = matmul(engine, a, b.subarray(0, rows * columns), depth, rows, columns, transposed);
      expect(turned).toEqual(matmul(engineOf(), a, b.subarray(0, rows * columns), depth, rows, columns, transposed));
    }
  });

  test("carries NaN and infinity into exactly the rows and columns they belong to", () => {
    const [rows, depth, columns] = [9, 5, 10];
    const a = testNumbers(rows * depth, 10);
    a[4 * depth + 2] = Number.NaN;
    const actual = matmul(engineOf(), a, testNumbers(depth * columns, 11), rows, depth, columns);
    actual.forEach((value, index) => {
      expect(Number.isNaN(value)).toBe(Math.floor(index / columns) === 4);
    });
  });
});

describe("matmul", () => {
  test("names the array whose length does not fit", async () => {
    const engine = await simdEngine();
    expect(() => matmul(engine, new Float32Array(5), new Float32Array(6), 2, 3, 2)).toThrow(
      "a must have 6 entries, got 5",
    );
    expect(() => matmul(engine, new Float32Array(6), new Float32Array(6), 2, 3, Number.NaN)).toThrow(/columns/);
  });
});

test("the debug build traps on a matrix that ends outside the memory", async () => {
  const { kernels, arena } = await createDebugEngine();
  const end = arena.buffer.byteLength;
  const [a, b, inside, outside] = [1024, 2048, end - 64, end - 60].map(address);
  expect(() => kernels.packPanels(inside, 8, 2, 8, a)).not.toThrow();
  expect(() => kernels.packPanels(outside, 8, 2, 8, a)).toThrow();
  expect(() => kernels.gemm(0, a, 4, b, nullPointer, outside, 8, 2, 8, 4)).toThrow();
});
