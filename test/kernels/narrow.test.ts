import fc from "fast-check";
import { expect, test } from "vitest";
import { depthBlock, packedLength } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";
import { createDebugEngine } from "../support/test-builds.js";

describeEngines("narrowGradient", (engineOf) => {
  test("is denseWeightGradient and columnSums, bit for bit, and writes no more", () => {
    const { arena, kernels } = engineOf();
    const rows = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(depthBlock, depthBlock + 1));
    const width = fc.integer({ min: 1, max: 35 });
    fc.assert(
      fc.property(rows, width, width, fc.integer({ min: 0, max: 2 }), (batch, fanIn, fanOut, spare) => {
        arena.scope(() => {
          const stride = 8 * (Math.ceil(fanOut / 8) + spare);
          const delta = arena.copyIn(testNumbers(batch * stride, 9)).pointer;
          const input = arena.copyIn(testNumbers(batch * fanIn, 10)).pointer;
          const packed = arena.floats(packedLength(Math.min(batch, depthBlock), fanIn)).pointer;
          const [weights, bias] = [arena.floats(fanOut * fanIn), arena.floats(fanOut)];
          kernels.denseWeightGradient(delta, stride, input, fanIn, packed, batch, fanIn, fanOut, weights.pointer);
          kernels.columnSums(delta, stride, batch, fanOut, bias.pointer);
          const [narrowWeights, narrowBias] = [arena.floats(fanOut * fanIn + 1), arena.floats(fanOut + 1)];
          narrowWeights.array.fill(7);
          narrowBias.array.fill(7);
          const { pointer } = narrowWeights;
          const sums = arena.floats((fanIn + 1) * (fanOut + 7)).pointer;
          kernels.narrowGradient(delta, stride, input, fanIn, batch, fanIn, fanOut, pointer, narrowBias.pointer, sums);
          expect([...narrowWeights.array]).toEqual([...weights.array, 7]);
          expect([...narrowBias.array]).toEqual([...bias.array, 7]);
        });
      }),
      { numRuns: 100 },
    );
  });
});

test("the debug build traps on a delta that ends outside the memory", async () => {
  const { kernels, arena } = await createDebugEngine();
  const [input, weights, bias, sums] = [8, 64, 8, 40].map((length) => arena.floats(length).pointer);
  const gradient = (delta: number) =>
    kernels.narrowGradient(delta as typeof input, 8, input, 4, 2, 4, 8, weights, bias, sums);
  const end = arena.buffer.byteLength;
  expect(() => gradient(end - 64)).not.toThrow();
  expect(() => gradient(end - 60)).toThrow();
});
