import fc from "fast-check";
import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { createDebugEngine } from "../support/test-builds.js";

const width = fc.integer({ min: 1, max: 19 });
const draws = fc.integer({ min: 1, max: 4 });
const examples = fc.integer({ min: 0, max: 5 });

describeEngines("gradients of examples", (engineOf) => {
  test("addExampleSquares adds the squared norm of each example's weight and bias", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(
        width,
        width,
        draws,
        examples,
        fc.integer({ min: 0, max: 3 }),
        (fanIn, fanOut, each, count, spare) => {
          arena.scope(() => {
            const rows = each * count;
            const [inputStride, deltaStride] = [fanIn + spare, fanOut + 2 * spare];
            const [input, delta] = [testNumbers(rows * inputStride, 3), testNumbers(rows * deltaStride, 4)];
            const squares = arena.allocate(8 * (count + 1));
            arena.float64(squares, count + 1).fill(7);
            const [a, d] = [arena.copyIn(input).pointer, arena.copyIn(delta).pointer];
            kernels.addExampleSquares(a, inputStride, fanIn, d, deltaStride, fanOut, rows, each, squares);
            const expected = Array.from({ length: count }, (_, example) => {
              let sum = 7;
              for (let out = 0; out < fanOut; out++) {
                for (let column = 0; column <= fanIn; column++) {
                  let entry = 0;
                  for (let row = example * each; row < (example + 1) * each; row++) {
                    entry += delta[row * deltaStride + out] * (column < fanIn ? input[row * inputStride + column] : 1);
                  }
                  sum += entry * entry;
                }
              }
              return sum;
            });
            // Both are float64: at most 16 pairs of products of two sums of 19 terms below 1.
            const found = [...arena.float64(squares, count + 1)];
            expect(found.at(-1)).toBe(7);
            expected.forEach((value, example) => {
              expect(Math.abs(found[example] - value)).toBeLessThan(16 * 19 * 19 * 40 * 2 ** -53);
            });
          });
        },
      ),
      { seed: 16 },
    );
  });

  test("scaleExamples scales the rows of each example, and no more", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(width, draws, examples, fc.integer({ min: 0, max: 3 }), (columns, each, count, spare) => {
        arena.scope(() => {
          const stride = columns + spare;
          const values = testNumbers(each * count * stride, 5);
          const scales = testNumbers(count, 6);
          const matrix = arena.copyIn(values);
          kernels.scaleExamples(matrix.pointer, stride, columns, each * count, each, arena.copyIn(scales).pointer);
          const expected = values.map((value, at) =>
            at % stride < columns ? Math.fround(value * scales[Math.floor(at / stride / each)]) : value,
          );
          expect(matrix.array).toEqual(expected);
        });
      }),
      { seed: 16 },
    );
  });
});

test("the debug build traps on deltas that end outside the memory", async () => {
  const { kernels, arena } = await createDebugEngine();
  const [input, squares] = [arena.floats(8).pointer, arena.allocate(16)];
  const end = arena.buffer.byteLength;
  const squared = (delta: number) => kernels.addExampleSquares(input, 4, 4, delta as typeof input, 8, 8, 2, 1, squares);
  expect(() => squared(end - 64)).not.toThrow();
  expect(() => squared(end - 60)).toThrow();
  const scaled = (matrix: number) => kernels.scaleExamples(matrix as typeof input, 8, 8, 2, 1, input);
  expect(() => scaled(end - 64)).not.toThrow();
  expect(() => scaled(end - 60)).toThrow();
});
