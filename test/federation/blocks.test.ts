import fc from "fast-check";
import { expect, it } from "vitest";
import { blockSize, cutIntoBlocks, longestFirst } from "../../src/federation/blocks.js";
import type { ClientAssignment } from "../../src/federation/messages.js";
import { networkOf } from "../support/networks.js";

const assignmentsOf = (count: number, localSteps = (_client: number) => 1): ClientAssignment[] =>
  Array.from({ length: count }, (_, client) => ({
    client,
    mask: { kind: "full" },
    localSteps: localSteps(client),
    weight: 1,
  }));

const plan = { setup: "run", round: 4, parameters: new Float32Array(3), nonFinite: "stop" } as const;

it("gives few clients a block each and cuts many into at most 64 of nearly equal length", () => {
  expect([1, 8, 64, 65, 128, 129, 10_000].map(blockSize)).toEqual([1, 1, 1, 2, 2, 3, 157]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (participants) => {
      const tasks = cutIntoBlocks({ ...plan, assignments: assignmentsOf(participants) });
      expect(tasks.length).toBeLessThanOrEqual(64);
      expect(tasks.flatMap(({ clients }) => clients.map(({ client }) => client))).toEqual(
        Array.from({ length: participants }, (_, client) => client),
      );
      tasks.forEach(({ id, block, clients }, index) => {
        expect([id, block]).toEqual([`run/4/${index}`, index]);
        expect(clients.length).toBeGreaterThan(0);
      });
    }),
    { numRuns: 50 },
  );
});

it("hands out the most work first, equal work in block order", () => {
  const work = [1, 5, 3, 5];
  const tasks = cutIntoBlocks({ ...plan, assignments: assignmentsOf(4, (client) => work[client]) });
  expect(longestFirst(networkOf(), tasks).map(({ block }) => block)).toEqual([1, 3, 2, 0]);
});
