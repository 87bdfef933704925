import { describe, expect, it } from "vitest";
import type { TrainingRun } from "../../../src/theory/apriori/distributed-training.js";
import { type LastScoreInput, lastIterateBound, lastScoreBound } from "../../../src/theory/apriori/last-iterate.js";

const span = { smoothness: 3, variance: 0.5, pruning: 0.2, drift: 0.1, heterogeneity: 0.3, uncovered: 0.05 };
const [learningRate, localSteps] = [0.02, 5];
const run: TrainingRun = {
  ...{ learningRate, localSteps, rounds: 9, initialLoss: 1.5, infimum: 0.25 },
  spans: [{ ...span, from: 0, to: 9 }],
};
/** In nats, of a loss that is F / 2: mu = 4 / (2 (3 - 2)) = 2, of the loss 1. */
const rounds = [
  { loss: 3, squaredGradient: 4 },
  { loss: 2, squaredGradient: 1 },
  { loss: 2.5, squaredGradient: 3 },
];
const input: LastScoreInput = {
  ...{ dimension: 2, rounds, run, conditions: [], irreducible: 0.5 },
  step: learningRate * localSteps,
};

describe("score of the last network", () => {
  it("is d times the excess over Fbest plus A, term by term", () => {
    const { value, terms, theorem, bitsPerDimension, assumptions } = lastScoreBound(input);
    const excess = lastIterateBound({ ...run, infimum: 1 }, 1);
    expect(theorem).toBe("last-iterate");
    expect(terms.approximation.value).toBe(1.5);
    expect(terms.optimization.value).toBeCloseTo(2 * 0.9 ** 9 * 0.5, 12);
    expect(terms.pruning.value).toBeCloseTo(2 * excess.terms.pruning.value, 12);
    expect(value).toBeCloseTo(2 * excess.total + 1.5, 12);
    expect(bitsPerDimension).toBeCloseTo((value ?? 0) / (2 * Math.LN2), 12);
    const text = assumptions.map(({ statement, evidence }) => `${statement}; ${evidence}`).join("\n");
    expect(text).toMatch(/mu = 2\.000.*hence local/);
    expect(text).toMatch(/eta T_l mu <= 1; eta T_l mu = 0\.1000/);
    expect(text).toMatch(/the network after the last round/);
  });

  const failing: [string, Partial<LastScoreInput>, RegExp][] = [
    ["a step so long that rounds overshoot", { step: 1.001 }, /^eta T_l mu <= 1: eta T_l mu = 1\.001/],
    ["no curvature", { rounds: [...rounds, { loss: 4, squaredGradient: 0 }] }, /mu = 0\.000/],
    ["no round above the best", { rounds: [rounds[1]] }, /^eta T_l mu <= 1: eta T_l mu = Infinity/],
    ["F_irreducible above Fbest", { irreducible: 2.1 }, /^0 <= F_irreducible <= Fbest/],
    ["constants in doubt", { run: null }, /^no finite value$/],
    [
      "a condition of the run",
      { conditions: [{ statement: "clients run plain SGD", met: false, evidence: "they run adam" }] },
      /^clients run plain SGD: they run adam$/,
    ],
    [
      "a term beyond every number",
      { run: { ...run, spans: [{ ...run.spans[0], pruning: 1.7e308, drift: 1.7e308 }] } },
      /^no/,
    ],
  ];

  it.each(failing)("has no value, but a reason, for %s", (_, change, reason) => {
    const { value, upper, terms, vacuous } = lastScoreBound({ ...input, ...change });
    expect([value, upper, terms]).toEqual([null, null, {}]);
    expect(vacuous).toMatch(reason);
  });

  it("holds for the longest step: then nothing of the rounds before the last is left", () => {
    const spans = [
      { ...run.spans[0], uncovered: 1000, to: 8 },
      { ...run.spans[0], from: 8 },
    ];
    const { terms, total } = lastIterateBound({ ...run, spans }, 1 / 0.1);
    expect(terms.optimization.value).toBe(0);
    expect(terms.uncovered.value).toBeCloseTo(0.05 * 0.05, 12);
    expect(total).toSatisfy(Number.isFinite);
  });
});
