import { expect, it } from "vitest";
import { isDrawn } from "../../../src/theory/apriori/drawn-rounds.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const drawn = (seed: number, blockRounds: number, rounds: number) =>
  Array.from({ length: rounds }, (_, round) => round).filter((round) => isDrawn(engine, { seed, blockRounds }, round));

it("draws round 0 and one round of each block, the same for a seed whatever was asked before", () => {
  for (const blockRounds of [1, 2, 7, 20]) {
    const rounds = drawn(3, blockRounds, 6 * blockRounds);
    const blocks = rounds.slice(1).map((round) => Math.floor(round / blockRounds));
    expect(rounds[0]).toBe(0);
    expect(blocks).toEqual(blockRounds === 1 ? [1, 2, 3, 4, 5] : [0, 1, 2, 3, 4, 5]);
    expect(drawn(3, blockRounds, 9 * blockRounds).slice(0, rounds.length)).toEqual(rounds);
  }
  expect(drawn(4, 20, 400)).not.toEqual(drawn(3, 20, 400));
});

it("draws each round of a block as often", () => {
  const counts = [0, 0, 0, 0, 0];
  for (const round of drawn(11, 5, 20_000)) if (round >= 5) counts[round % 5]++;
  // 3999 blocks: a deviation of sqrt(3999 * 0.2 * 0.8) = 25.
  for (const count of counts) expect(Math.abs(count - 3999 / 5)).toBeLessThan(5 * 25);
});
