import fc from "fast-check";
import { expect, it } from "vitest";
import { blockSize, cutIntoBlocks, longestFirst } from "../../src/federation/blocks.js";
import type { ClientAssignment } from "../../src/federation/messages.js";
import type { Mask } from "../../src/pruning/mask.js";
import { networkOf } from "../support/networks.js";

const assignmentsOf = (count: number, localSteps = (_client: number) => 1): ClientAssignment[] =>
  Array.from({ length: count }, (_, client) => ({
    client,
    mask: { kind: "full" },
    localSteps: localSteps(client),
    weight: 1,
  }));

const network = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [4] });
const plan = {
  setup: "run",
  round: 4,
  network,
  stepRows: 10,
  nonFinite: "stop",
} as const;

it("gives few clients a block each and cuts many into at most 64 of nearly equal length", () => {
  expect([1, 8, 64, 65, 128, 129, 10_000].map(blockSize)).toEqual([1, 1, 1, 2, 2, 3, 157]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (participants) => {
      const blocks = cutIntoBlocks({ ...plan, assignments: assignmentsOf(participants) });
      expect(blocks.length).toBeLessThanOrEqual(64);
      expect(blocks.flatMap(({ clients }) => clients.map(({ client }) => client))).toEqual(
        Array.from({ length: participants }, (_, client) => client),
      );
      blocks.forEach(({ id, block, clients }, index) => {
        expect([id, block]).toEqual([`run/4/${index}`, index]);
        expect(clients.length).toBeGreaterThan(0);
      });
    }),
    { numRuns: 50 },
  );
});

it("cuts regions where they end, and leaves out one of which no client takes part", () => {
  const assignments = assignmentsOf(9).filter(({ client }) => client !== 3 && client !== 4);
  const cut = (regions: readonly number[]) => cutIntoBlocks({ ...plan, assignments, regions });
  expect(cut([3, 2, 4]).map(({ clients }) => clients.map(({ client }) => client))).toEqual([
    [0, 1, 2],
    [5, 6, 7, 8],
  ]);
  expect(cut([3, 2, 4]).map(({ id, block }) => [id, block])).toEqual([
    ["run/4/0", 0],
    ["run/4/1", 1],
  ]);
  expect(cut([1, 1, 1, 1, 1, 1, 1, 1, 1])).toEqual(cutIntoBlocks({ ...plan, assignments }));
});

it("hands out the most work first, equal work in block order", () => {
  const work = [1, 5, 3, 5];
  const blocks = cutIntoBlocks({ ...plan, assignments: assignmentsOf(4, (client) => work[client]) });
  expect(longestFirst(blocks).map(({ block }) => block)).toEqual([1, 3, 2, 0]);
});

it("counts a block's work: forward and backward passes of each client's own network, for its batches and steps", () => {
  const half: Mask = { kind: "structured", kept: [Uint32Array.of(0, 3)] };
  const assignments: ClientAssignment[] = [
    { client: 0, mask: { kind: "full" }, localSteps: 2, weight: 1 },
    { client: 1, mask: half, localSteps: 3, weight: 1 },
  ];
  // 3 inputs, 4 or 2 neurons, 1 output.
  const [full, pruned] = [2 * (3 * 4 + 4), 2 * (3 * 2 + 2)];
  expect(cutIntoBlocks({ ...plan, assignments }).map(({ flops }) => flops)).toEqual([
    3 * full * 10 * 2,
    3 * pruned * 10 * 3,
  ]);
});

it("names the mask that all clients of a block share, unless it prunes single weights", () => {
  const structured: Mask = { kind: "structured", kept: [Uint32Array.of(1)] };
  const unstructured: Mask = { kind: "unstructured", keep: new Uint8Array(network.hidden[0]) };
  const commonOf = (first: Mask, second: Mask) => {
    const masks = Array.from({ length: 128 }, (_, client) => (client === 1 ? second : first));
    const assignments = masks.map((mask, client) => ({ client, mask, localSteps: 1, weight: 1 }));
    return cutIntoBlocks({ ...plan, assignments })[0].commonMask;
  };
  expect(commonOf(structured, structured)).toBe(structured);
  expect(commonOf({ kind: "full" }, { kind: "full" })).toEqual({ kind: "full" });
  expect(commonOf(structured, { kind: "full" })).toBeUndefined();
  expect(commonOf(unstructured, unstructured)).toBeUndefined();
  // Three clients a block: two that share a mask are not all of them.
  const masks = Array.from({ length: 129 }, (_, client): Mask => (client === 2 ? { kind: "full" } : structured));
  const assignments = masks.map((mask, client) => ({ client, mask, localSteps: 1, weight: 1 }));
  const [mixed, alike] = cutIntoBlocks({ ...plan, assignments });
  expect(mixed.clients).toHaveLength(3);
  expect([mixed.commonMask, alike.commonMask]).toEqual([undefined, structured]);
});
