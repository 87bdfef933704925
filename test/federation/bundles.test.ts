import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bundle } from "../../src/federation/bundles.js";
import type { Block } from "../../src/federation/messages.js";

function blocksOf(work: readonly number[]): Block[] {
  return work.map((flops, block) => ({
    id: `run/0/${block}`,
    setup: "run",
    round: 0,
    block,
    clients: [],
    flops,
    nonFinite: "stop",
  }));
}

const workOf = (blocks: readonly Block[]) => blocks.reduce((sum, { flops }) => sum + flops, 0);

describe("bundle", () => {
  it("keeps all blocks in their order, and no bundle longer than its share unless it is a single block", () => {
    const work = fc.array(fc.integer({ min: 4e8, max: 3e9 }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 9 }), (flops, places) => {
        const blocks = blocksOf(flops.sort((a, b) => b - a));
        const bundles = bundle(blocks, places);
        expect(bundles.flat()).toEqual(blocks);
        for (const each of bundles) {
          expect(each.length).toBeGreaterThan(0);
          if (each.length > 1) expect(workOf(each)).toBeLessThanOrEqual(Math.min(1e9, workOf(blocks) / places));
        }
      }),
    );
  });

  it("sends work that is not worth a message of its own together, with something for everybody", () => {
    expect(bundle(blocksOf(Array(64).fill(1000)), 1)).toHaveLength(1);
    expect(bundle(blocksOf(Array(64).fill(1000)), 2).map(workOf)).toEqual([32_000, 32_000]);
  });

  it("shares a short round out, a message for each worker, nobody with more than the mean and a block", () => {
    const work = fc.array(fc.integer({ min: 1, max: 6e5 }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 9 }), (flops, places) => {
        const blocks = blocksOf(flops.sort((a, b) => b - a));
        const bundles = bundle(blocks, places);
        expect(bundles.flat().sort((a, b) => a.block - b.block)).toEqual(blocks);
        expect(bundles.length).toBe(Math.min(places, blocks.length));
        const mean = workOf(blocks) / bundles.length;
        for (const each of bundles) expect(workOf(each)).toBeLessThanOrEqual(mean + blocks[0].flops);
      }),
    );
    // 8 clients of 1, 1/2, 1/4 and 1/8 of a network: two workers are done at the same time.
    expect(bundle(blocksOf([9, 9, 3, 3, 1, 1, 0.5, 0.5].map((work) => 1e6 * work)), 2).map(workOf)).toEqual([
      13.5e6, 13.5e6,
    ]);
  });

  it("ends with short bundles, so that nobody waits long for the others", () => {
    const bundles = bundle(blocksOf(Array(64).fill(1e7)), 2).map(workOf);
    expect(bundles[0]).toBe(16e7);
    expect(bundles.at(-1)).toBeLessThanOrEqual(2e7);
  });
});
