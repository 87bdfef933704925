import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientBound, trainingConditions } from "../../../src/theory/apriori/distributed-training.js";
import {
  bestLoss,
  polyakLojasiewicz,
  type RoundMeasurement,
  scoreErrorBound,
} from "../../../src/theory/apriori/score-error.js";
import type { TrainingConstants } from "../../../src/theory/apriori/training-constants.js";
import { averageExcess, averageInfimum, averageLoss, type Quadratic, runQuadratics } from "../../support/quadratics.js";

const learningRate = 0.1;
const localSteps = 2;

/** Curvatures and optima of one client's quadratic, diagonal. */
const quadratic = (curvatures: readonly number[], b: readonly number[]): Quadratic => ({
  A: curvatures.map((a, i) => curvatures.map((_, j) => (i === j ? a : 0))),
  b,
});

/** Loss and gradient of the average at each round of noiseless training: what a run would measure. */
function measure(
  clients: readonly Quadratic[],
  start: readonly number[],
  masks: readonly number[][][],
): RoundMeasurement[] {
  let theta = [...start];
  return masks.map((round) => {
    const gradient = theta.map(
      (value, i) => clients.reduce((sum, { A, b }) => sum + A[i][i] * (value - b[i]), 0) / clients.length,
    );
    const measurement = {
      loss: averageLoss(clients, theta),
      squaredGradient: gradient.reduce((sum, value) => sum + value * value, 0),
    };
    theta = theta.map((value, i) => {
      const returned = clients.flatMap(({ A, b }, n) => {
        if (round[n][i] === 0) return [];
        return [b[i] + (value - b[i]) * (1 - learningRate * A[i][i]) ** localSteps];
      });
      return returned.length === 0 ? value : returned.reduce((sum, x) => sum + x, 0) / returned.length;
    });
    return measurement;
  });
}

function constantsOf(
  clients: readonly Quadratic[],
  start: readonly number[],
  masks: readonly number[][][],
): TrainingConstants & { meanSquaredGradient: number } {
  const facts = runQuadratics({ clients, start, learningRate, localSteps, masks, gradientVariance: 0 });
  return {
    ...facts,
    smoothness: 2,
    learningRate,
    localSteps,
    rounds: masks.length,
    clients: clients.length,
    gradientVariance: 0,
    // Of F - F*, whose infimum is 0: the bound does not tell it from F.
    initialLoss: averageExcess(clients, start),
    infimum: 0,
  };
}

const plain = { optimizer: "sgd", server: "fedavg", neverCovered: 0 };
const signed = fc.double({ min: -2, max: 2, noNaN: true });
const curvature = fc.double({ min: 0.1, max: 2, noNaN: true });

const runs = fc
  .record({
    size: fc.integer({ min: 1, max: 4 }),
    clients: fc.integer({ min: 1, max: 4 }),
    rounds: fc.integer({ min: 1, max: 10 }),
  })
  .chain(({ size, clients, rounds }) => {
    const vector = <T>(entry: fc.Arbitrary<T>, length: number) =>
      fc.array(entry, { minLength: length, maxLength: length });
    return fc.record({
      clients: vector(
        fc
          .record({ curvatures: vector(curvature, size), b: vector(signed, size) })
          .map((q) => quadratic(q.curvatures, q.b)),
        clients,
      ),
      start: vector(signed, size),
      masks: vector(vector(vector(fc.integer({ min: 0, max: 1 }), size), clients), rounds),
      gap: fc.double({ min: 0, max: 1, noNaN: true }),
    });
  });

describe("score error from the gradients of training", () => {
  it("is at least the mean over rounds of F - F_irreducible on random quadratics with random masks", () => {
    fc.assert(
      fc.property(runs, ({ clients, start, masks, gap }) => {
        fc.pre(masks.every((round) => round.flat().some((bit) => bit === 1)));
        const constants = constantsOf(clients, start, masks);
        const rounds = measure(clients, start, masks);
        expect(rounds.reduce((sum, round) => sum + round.squaredGradient, 0) / rounds.length).toBeCloseTo(
          constants.meanSquaredGradient,
          9,
        );
        fc.pre(polyakLojasiewicz(rounds) > 0);
        const irreducible = Math.min(averageInfimum(clients), bestLoss(rounds)) * gap;
        const bound = scoreErrorBound({
          dimension: 2,
          rounds,
          gradient: gradientBound(constants),
          conditions: trainingConditions(constants, plain),
          irreducible,
        });
        const meanScore = rounds.reduce((sum, { loss }) => sum + loss - irreducible, 0) / rounds.length;
        expect(bound.value).toBeGreaterThanOrEqual(meanScore * (1 - 1e-12));
        expect(Object.values(bound.terms).reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(
          bound.value as number,
          12,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("measures mu = the smallest curvature that the run feels", () => {
    const clients = [quadratic([0.5, 2], [0, 0])];
    const both = measure(clients, [1, 1], new Array<number[][]>(400).fill([[1, 1]]));
    // The stiff direction dies out first; what is left has curvature 0.5.
    expect(polyakLojasiewicz(both)).toBeCloseTo(0.5, 6);
    expect(polyakLojasiewicz(both.slice(0, 2))).toBeGreaterThan(0.6);
    expect(polyakLojasiewicz([{ loss: 3, squaredGradient: 2 }])).toBe(Number.POSITIVE_INFINITY);
    expect(bestLoss(both)).toBe(both.at(-1)?.loss);
  });

  const rounds = [
    { loss: 3, squaredGradient: 4 },
    { loss: 2, squaredGradient: 1 },
    { loss: 2.5, squaredGradient: 3 },
  ];
  const base: TrainingConstants = {
    smoothness: 1,
    learningRate: 0.1,
    localSteps: 2,
    rounds: 3,
    clients: 4,
    coverageMin: 2,
    gradientVariance: 1,
    gradientSecondMoment: 2,
    pruningNoise: 0.25,
    parameterNorm: 8,
    heterogeneity: 0,
    uncovered: 0,
    initialLoss: 3,
    infimum: 0.5,
  };
  const input = {
    dimension: 2,
    rounds,
    gradient: gradientBound(base),
    conditions: trainingConditions(base, plain),
    irreducible: 0.5,
  };

  it("is the bound of 3a over 2 mu plus A, term by term", () => {
    const bound = scoreErrorBound(input);
    expect(polyakLojasiewicz(rounds)).toBe(2);
    expect(bound.terms.approximation.value).toBe(1.5);
    expect(bound.terms.optimization.value).toBeCloseTo((2 * 2.5) / (0.1 * 2 * 3) / 4, 12);
    // P = 4, and D = 2 * 0.1^2 * 1/2 * 2: the mean of 0 and 1 over the two steps.
    expect(bound.terms.pruning.value).toBeCloseTo((2 * (2 + Math.sqrt(0.02))) / 4, 12);
    expect(bound.value).toBeCloseTo(gradientBound(base).total / 4 + 1.5, 12);
    expect(bound.bitsPerDimension).toBeCloseTo((bound.value as number) / (2 * Math.LN2), 12);
    expect(bound.theorem).toBe("score-error");
    const text = bound.assumptions.map(({ statement, evidence }) => `${statement}; ${evidence}`).join("\n");
    expect(text).toMatch(/mu = 2\.000.*measured along the run, hence local/);
    expect(text).toMatch(/L measured along the run/);
    expect(text).toMatch(/a round drawn uniformly/);
  });

  it("has no value, but a reason, where a condition fails", () => {
    const uncovered = scoreErrorBound({
      ...input,
      conditions: trainingConditions(base, { ...plain, neverCovered: 12 }),
    });
    expect(uncovered).toMatchObject({ value: null, upper: null, bitsPerDimension: null, terms: {} });
    expect(uncovered.vacuous).toMatch(/12 parameters were never covered/);
    expect(scoreErrorBound({ ...input, irreducible: 2.1 }).vacuous).toMatch(/F_irreducible <= Fbest: .*2\.100.*2\.000/);
    const flat = [...rounds, { loss: 4, squaredGradient: 0 }];
    expect(scoreErrorBound({ ...input, rounds: flat }).vacuous).toMatch(/mu = 0\.000/);
  });

  it("has no value without a bound on the gradient, or with one that mu makes infinite", () => {
    expect(scoreErrorBound({ ...input, gradient: null })).toMatchObject({ value: null, vacuous: "no finite value" });
    const nearlyFlat = [...rounds, { loss: 3, squaredGradient: 1e-320 }];
    expect(scoreErrorBound({ ...input, rounds: nearlyFlat })).toMatchObject({
      value: null,
      terms: {},
      vacuous: "no finite value",
    });
  });

  it.each([-1, -1e-9, Number.NaN, Number.POSITIVE_INFINITY])("has no value for F_irreducible = %d", (irreducible) => {
    const { value, vacuous } = scoreErrorBound({ ...input, irreducible });
    expect(value).toBeNull();
    expect(vacuous).toMatch(/^0 <= F_irreducible <= Fbest: F_irreducible = /);
  });

  it("refuses a dimension, a term and a loss that are none", () => {
    expect(() => scoreErrorBound({ ...input, dimension: 0 })).toThrow(/^dimension must be an integer >= 1, got 0$/);
    const { terms, total } = input.gradient;
    const drift = { ...terms.drift, value: -1 };
    expect(() => scoreErrorBound({ ...input, gradient: { total, terms: { ...terms, drift } } })).toThrow(
      /^gradient\.terms\.drift\.value must be >= 0, got -1$/,
    );
    const infinite = [{ loss: Number.POSITIVE_INFINITY, squaredGradient: 1 }];
    expect(() => scoreErrorBound({ ...input, rounds: infinite })).toThrow(/^rounds\[0\]\.loss must be finite/);
  });

  it("refuses NaN and an empty run", () => {
    expect(() => polyakLojasiewicz([])).toThrow(/rounds must not be empty/);
    expect(() => polyakLojasiewicz([{ loss: Number.NaN, squaredGradient: 1 }])).toThrow(
      /rounds\[0\]\.loss must be finite/,
    );
    expect(() => polyakLojasiewicz([{ loss: 1, squaredGradient: -1 }])).toThrow(/squaredGradient must be >= 0/);
  });
});

it("carries value and upper end of each term of the gradient over the curvature, each by itself", () => {
  const zero = { value: 0, upper: 0, meaning: "none" };
  const terms = {
    ...{ variance: zero, pruning: zero, drift: zero, heterogeneity: zero, uncovered: zero },
    optimization: { value: 2, upper: 3, meaning: "the start" },
  };
  // mu = 8 / (2 (5 - 1)) = 1.
  const rounds = [
    { loss: 5, squaredGradient: 8 },
    { loss: 1, squaredGradient: 0 },
  ];
  const bound = scoreErrorBound({
    dimension: 2,
    rounds,
    gradient: { total: 2, terms },
    conditions: [],
    irreducible: 0.25,
  });
  expect(bound.terms.optimization).toMatchObject({ value: 1, upper: 1.5 });
  expect(bound.terms.approximation).toMatchObject({ value: 0.75, upper: 0.75 });
  expect(bound).toMatchObject({ value: 1.75, upper: 2.25 });
});
