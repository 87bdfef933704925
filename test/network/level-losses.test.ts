import { expect, it } from "vitest";
import { addRowLosses, lossesAfter, lossMemoryOf, noLosses, rootMeanLosses } from "../../src/network/level-losses.js";
import { simdEngine } from "../support/engines.js";

const { arena } = await simdEngine();
const distribution = { kind: "importance", bins: 3, decay: 0.5 } as const;

it("losses are kept in no more bins than there are levels, and for importance alone", () => {
  expect(lossMemoryOf({ spacing: "time", count: 100, distribution })).toEqual({ bins: 3, decay: 0.5 });
  expect(lossMemoryOf({ spacing: "logsnr", count: 2, distribution })).toEqual({ bins: 2, decay: 0.5 });
  const [times, importance] = [[3, 2, 1], { kind: "importance" } as const];
  expect(lossMemoryOf({ spacing: "grid", times, distribution: importance })).toEqual({ bins: 2, decay: 0.9 });
  expect(lossMemoryOf({ spacing: "time", count: 100, distribution: { kind: "log-normal" } })).toBeUndefined();
  expect(lossMemoryOf({ spacing: "time", count: 100 })).toBeUndefined();
});

it("squared losses of rows are those of the weighting, whatever their levels were drawn with, in the bin of their level", () => {
  arena.scope(() => {
    const levelIndex = arena.allocate(12);
    arena.int32(levelIndex, 3).set([0, 3, 2]);
    const floats = (...values: number[]) => arena.copyIn(Float32Array.from(values)).pointer;
    const batch = {
      output: floats(1, 2, 0, 0, 5, 5),
      target: floats(0, 0, 1, 0, 5, 2),
      weight: floats(2, 0.5, 1),
      levelIndex,
    };
    const shape = { batchSize: 3, dimension: 2, levels: 4 };
    const plain = new Float64Array(4);
    addRowLosses(arena, batch, { ...shape, draws: undefined }, plain);
    // Losses 2 * 5, 0.5 * 1 and 1 * 9.
    expect([...plain]).toEqual([100, 0.25 + 81, 1, 2]);
    // Levels 0 to 3 are drawn 2, 2, 2 and 10 times of 16: half as often as uniformly, or 2.5 times.
    addRowLosses(arena, batch, { ...shape, draws: { ends: Uint32Array.of(2, 4, 6, 16) } }, plain);
    expect([...plain]).toEqual([100 + 25, 0.25 + 81 + 1.5625 + 20.25, 2, 4]);
  });
});

it("a round's losses are added to those before, which fade", () => {
  const memory = { bins: 2, decay: 0.5 };
  const first = lossesAfter(memory, noLosses(memory), Float64Array.of(8, 0, 2, 0));
  expect(rootMeanLosses(first)).toBeUndefined();
  const second = lossesAfter(memory, first, Float64Array.of(23, 32, 2, 2));
  expect([...second]).toEqual([27, 32, 3, 2]);
  expect(rootMeanLosses(second)).toEqual(Float64Array.of(3, 4));
});
