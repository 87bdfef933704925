import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverage } from "../../../src/pruning/families/coverage.js";
import type { Mask } from "../../../src/pruning/mask.js";
import { contextOf, keptOf, neuronCounts } from "../../support/mask-context.js";
import { arbitraryNetwork, networkOf } from "../../support/networks.js";

const arbitraryRatios = fc.array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts);

describe("coverage", () => {
  it("keeps counts within 1 of each other in every round", () => {
    fc.assert(
      fc.property(arbitraryNetwork, arbitraryRatios, fc.nat(300), fc.nat(), (spec, ratios, round, seed) => {
        const masks = coverage.assign(contextOf(ratios, { spec, round, seed }));
        spec.hidden.forEach((_, layer) => {
          expect(spread(neuronCounts(spec, masks, layer))).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it("keeps the counts since the first round within 1, with the same ratios every round", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 17 }), arbitraryRatios, fc.nat(), (width, ratios, seed) => {
        const spec = networkOf({ hidden: [width] });
        const dealt: Mask[] = [];
        for (let round = 0; round < 40; round++) {
          dealt.push(...coverage.assign(contextOf(ratios, { spec, round, seed })));
          expect(spread(neuronCounts(spec, dealt, 0))).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("covers a layer once in a round when the clients' shares add up to it, with a new deck every round", () => {
    const spec = networkOf({ hidden: [32] });
    const rounds = [0, 1, 2].map((round) => coverage.assign(contextOf([0.5, 0.25, 0.125, 0.125, 1], { spec, round })));
    for (const masks of rounds) expect(neuronCounts(spec, masks, 0)).toEqual(new Array(32).fill(2));
    expect(new Set(rounds.map((masks) => String(keptOf(spec, masks[0], 0)))).size).toBe(3);
  });
});
