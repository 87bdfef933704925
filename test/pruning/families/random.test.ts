import { describe, expect, it } from "vitest";
import { random } from "../../../src/pruning/families/random.js";
import { contextOf, keptOf } from "../../support/mask-context.js";
import { networkOf } from "../../support/networks.js";

describe("random", () => {
  it("draws every set of 2 of 5 neurons equally often (chi-square)", () => {
    const spec = networkOf({ hidden: [5, 5] });
    const counts = new Map<string, number>();
    const [rounds, clients] = [50, 20];
    for (let round = 0; round < rounds; round++) {
      for (const mask of random.assign(contextOf(new Array(clients).fill(0.4), { spec, round }))) {
        for (const layer of [0, 1]) {
          const set = keptOf(spec, mask, layer).join();
          counts.set(set, (counts.get(set) ?? 0) + 1);
        }
      }
    }
    const expected = (rounds * clients * 2) / 10;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(10);
    // The 99.9 % point of chi-square with 9 degrees of freedom; the draw is fixed by the seed.
    expect(chiSquare).toBeLessThan(27.88);
  });

  it("draws anew for every client, round, layer and seed, and for a client alone as in company", () => {
    const spec = networkOf({ hidden: [64, 64] });
    const [a, b] = random.assign(contextOf([0.5, 0.5], { spec }));
    const [later] = random.assign(contextOf([0.5], { spec, round: 1 }));
    const [reseeded] = random.assign(contextOf([0.5], { spec, seed: 2 }));
    const sets = [keptOf(spec, a, 0), keptOf(spec, a, 1), ...[b, later, reseeded].map((mask) => keptOf(spec, mask, 0))];
    expect(new Set(sets.map(String)).size).toBe(5);
    expect(random.assign(contextOf([], { spec, clients: [{ id: 1, keepRatio: 0.5 }] }))).toEqual([b]);
  });
});
