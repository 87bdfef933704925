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
    const work = fc.array(fc.integer({ min: 1, max: 3e9 }), { maxLength: 64 });
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

  it("ends with short bundles, so that nobody waits long for the others", () => {
    const bundles = bundle(blocksOf(Array(64).fill(1e7)), 2).map(workOf);
    expect(bundles[0]).toBe(16e7);
    expect(bundles.at(-1)).toBeLessThanOrEqual(2e7);
  });
});
