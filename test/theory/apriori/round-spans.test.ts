import { expect, it } from "vitest";
import { measuredRound, probeSpans, roundConstants } from "../../../src/theory/apriori/round-spans.js";
import { masked, probes } from "../../support/apriori-run.js";

const facts = { learningRate: 0.01, localSteps: 3, rounds: 12 };
const probesAt = (...rounds: number[]) => rounds.map((round) => ({ ...probes[0], round }));
const spansOf = (rounds: number[], blockRounds?: number) =>
  probeSpans([...probesAt(...rounds), { ...probes[3], round: facts.rounds }], { ...facts, blockRounds }).map(
    ({ probe, from, to }) => [probe.round, from, to],
  );

it("a probe stands for the rounds up to the next where none was drawn", () => {
  expect(spansOf([0, 4, 8])).toEqual([
    [0, 0, 4],
    [4, 4, 8],
    [8, 8, 12],
  ]);
  expect(spansOf([3, 5])).toEqual([
    [3, 0, 5],
    [5, 5, 12],
  ]);
});

it("a drawn round stands for its block, round 0 for itself; a block without one belongs to the probe before", () => {
  expect(spansOf([0, 3, 5, 11], 4)).toEqual([
    [0, 0, 1],
    [3, 1, 4],
    [5, 4, 8],
    [11, 8, 12],
  ]);
  expect(spansOf([0, 2, 6], 5)).toEqual([
    [0, 0, 1],
    [2, 1, 5],
    [6, 5, 12],
  ]);
  expect(spansOf([0, 1, 2, 3], 1).map(([, from, to]) => to - from)).toEqual([1, 1, 1, 9]);
});

it("has the constants of its probe: the mean of t^2 over three local steps is 5 / 3, of the last step it is 4", () => {
  const [{ probe }] = probeSpans(probes, facts);
  expect(roundConstants(probe, facts)).toEqual({
    smoothness: 4,
    variance: masked.varianceBound,
    pruning: masked.pruningBound,
    drift: 0.01 ** 2 * (5 / 3) * masked.driftBound,
    heterogeneity: masked.heterogeneity,
    uncovered: masked.uncovered,
  });
  expect(measuredRound(probe, facts)).toEqual({
    smoothness: 4,
    variance: masked.averageVariance,
    pruning: masked.pruningChange,
    drift: (masked.driftChange * (5 / 3)) / 4,
    heterogeneity: masked.heterogeneity,
    uncovered: masked.uncovered,
  });
  expect(measuredRound(probe, { ...facts, localSteps: 1 }).drift).toBe(0);
});
