import { expect, it } from "vitest";
import { selectParticipants } from "../../src/federation/participation.js";
import { describeEngines } from "../support/engines.js";

describeEngines("selectParticipants", (engineOf) => {
  it("takes the rounded share, at least one, ascending and distinct", () => {
    const cases = [
      [10, 0.3, 3],
      [12, 0.3, 4],
      [11, 0.3, 3],
      [3, 0.5, 2],
      [10, 0.01, 1],
      [10, 1, 10],
      [1, 0.2, 1],
      [1000, 0.1, 100],
    ] as const;
    for (const [clients, participation, count] of cases) {
      const chosen = selectParticipants(engineOf(), clients, participation, 3, 9);
      expect(chosen).toHaveLength(count);
      expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual([...chosen]);
      expect(chosen.at(-1)).toBeLessThan(clients);
    }
  });

  it("is a function of seed and round", () => {
    const of = (seed: number, round: number) => selectParticipants(engineOf(), 100, 0.2, seed, round);
    expect(of(5, 2)).toEqual(of(5, 2));
    expect(of(5, 3)).not.toEqual(of(5, 2));
    expect(of(6, 2)).not.toEqual(of(5, 2));
  });

  it("makes all subsets equally likely", () => {
    const rounds = 6000;
    const seen = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const subset = selectParticipants(engineOf(), 5, 0.4, 1, round).join();
      seen.set(subset, (seen.get(subset) ?? 0) + 1);
    }
    expect(seen.size).toBe(10);
    const expected = rounds / 10;
    const chiSquared = [...seen.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 9 degrees of freedom: above 33.7 once in 10,000.
    expect(chiSquared).toBeLessThan(33.7);
  });
});
