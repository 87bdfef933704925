import { describe, expect, it } from "vitest";
import { groupMasks, sameGroups } from "../../src/pruning/group.js";
import type { Mask } from "../../src/pruning/mask.js";

const structured = (...kept: number[][]): Mask => ({
  kind: "structured",
  kept: kept.map((set) => Uint32Array.from(set)),
});

describe("groupMasks", () => {
  it("groups equal masks and adds their weights", () => {
    const keep = Uint8Array.of(0, 1);
    const masks: Mask[] = [
      structured([1, 2], [3]),
      { kind: "full" },
      structured([1], [2, 3]),
      structured([1, 2], [3]),
      { kind: "unstructured", keep },
      { kind: "full" },
      { kind: "unstructured", keep },
    ];
    expect(groupMasks(masks, [1, 2, 4, 8, 16, 32, 64])).toEqual([
      { mask: masks[0], clients: 2, weight: 9 },
      { mask: masks[1], clients: 2, weight: 34 },
      { mask: masks[2], clients: 1, weight: 4 },
      { mask: masks[4], clients: 2, weight: 80 },
    ]);
  });

  it("are the same where masks by content, clients and weights are", () => {
    const grouped = (weights: number[], neurons = [0, 2]) =>
      groupMasks([structured([0, 2]), structured(neurons), { kind: "full" }], weights);
    expect(sameGroups(grouped([1, 2, 3]), grouped([1, 2, 3]))).toBe(true);
    expect(sameGroups(grouped([1, 2, 3]), grouped([2, 1, 3]))).toBe(true);
    expect(sameGroups(grouped([1, 2, 3]), grouped([1, 2, 4]))).toBe(false);
    expect(sameGroups(grouped([1, 2, 3]), grouped([1, 3, 3]))).toBe(false);
    expect(sameGroups(grouped([1, 2, 3]), grouped([1, 2, 3], [0, 1]))).toBe(false);
    expect(sameGroups(grouped([1, 2, 3], [0, 1]), grouped([1, 2, 3], [0, 2]))).toBe(false);
    expect(sameGroups(grouped([1, 2, 3], [0, 1]), grouped([1, 2, 3], [1, 2]))).toBe(false);
  });

  it("weighs each client 1 where no weights are given", () => {
    const mask = structured([0]);
    expect(groupMasks([mask, mask, mask])).toEqual([{ mask, clients: 3, weight: 3 }]);
  });
});
