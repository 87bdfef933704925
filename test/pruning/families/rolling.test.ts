import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rolling } from "../../../src/pruning/families/rolling.js";
import { contextOf, keptOf, neuronCounts } from "../../support/mask-context.js";
import { networkOf } from "../../support/networks.js";

describe("rolling", () => {
  it("advances a cyclic window by one neuron a round", () => {
    const spec = networkOf({ hidden: [5] });
    const windows = [0, 1, 2, 3, 4, 5].map((round) => {
      const [mask] = rolling.assign(contextOf([0.6], { spec, round }));
      return keptOf(spec, mask, 0);
    });
    expect(windows).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
      [0, 3, 4],
      [0, 1, 4],
      [0, 1, 2],
    ]);
  });

  it("keeps each neuron of a layer of n equally often in n consecutive rounds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 23 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(500),
        (width, keepRatio, first) => {
          const spec = networkOf({ hidden: [width] });
          const masks = Array.from(
            { length: width },
            (_, r) => rolling.assign(contextOf([keepRatio], { spec, round: first + r }))[0],
          );
          const size = keptOf(spec, masks[0], 0).length;
          expect(neuronCounts(spec, masks, 0)).toEqual(new Array(width).fill(size));
        },
      ),
    );
  });
});
