import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type GradientBound,
  gradientBound,
  meanGradientBound,
  type TrainingRun,
  trainingConditions,
} from "../../../src/theory/apriori/distributed-training.js";
import { lastIterateBound } from "../../../src/theory/apriori/last-iterate.js";
import { meanSquaredStep, type RoundTerm } from "../../../src/theory/apriori/round-terms.js";
import type { TrainingConstants } from "../../../src/theory/apriori/training-constants.js";
import {
  averageExcess,
  type Quadratic,
  type QuadraticFacts,
  type QuadraticRun,
  runQuadratics,
} from "../../support/quadratics.js";

interface KnownRun {
  readonly facts: QuadraticFacts;
  /** The largest constants of the run, for every round. */
  readonly constants: TrainingConstants;
  /** The constants of each round. */
  readonly rounds: TrainingRun;
}

/** F is F - F*, whose infimum is 0: the bounds do not tell it from F. */
function knownRun(run: QuadraticRun, smoothness: number): KnownRun {
  const facts = runQuadratics(run);
  const { learningRate, localSteps } = run;
  const moved = smoothness ** 2 * learningRate ** 2 * meanSquaredStep(localSteps);
  const constants = {
    ...facts,
    smoothness,
    learningRate,
    localSteps,
    rounds: run.masks.length,
    clients: run.clients.length,
    gradientVariance: run.gradientVariance,
    initialLoss: averageExcess(run.clients, run.start),
    infimum: 0,
  };
  const spans = facts.perRound.map((round, q) => ({
    from: q,
    to: q + 1,
    smoothness,
    variance: round.variance,
    pruning: smoothness ** 2 * round.lost,
    drift: moved * round.moved,
    heterogeneity: round.heterogeneity,
    uncovered: round.uncovered,
  }));
  return { facts, constants, rounds: { ...constants, spans } };
}

it("is the formula of its docstring, term by term", () => {
  const constants: TrainingConstants = {
    ...{ smoothness: 3, learningRate: 0.02, localSteps: 5, rounds: 7, clients: 6, coverageMin: 2 },
    ...{ inverseCoverage: 2.5, inverseCoverageSquared: 1.2, prunedInverseCoverage: 0.8 },
    ...{ gradientVariance: 1.5, gradientSecondMoment: 4, pruningNoise: 0.3, parameterNorm: 8 },
    ...{ heterogeneity: 0.7, uncovered: 0.4, initialLoss: 9, infimum: 1 },
  };
  // The mean of 0, 1, 4, 9, 16 is 6.
  const expected = (L_p: number, L_m: number, all: number, squared: number, pruned: number) => {
    const [P, D] = [pruned * L_p ** 2 * 0.3 * 8, all * L_m ** 2 * 0.02 ** 2 * 6 * 4];
    const gap = Math.sqrt(0.7) + Math.sqrt(P) + Math.sqrt(D);
    return {
      optimization: (2 * (9 - 1)) / (0.02 * 5 * 7),
      variance: 2 * 3 * 0.02 * squared * 1.5,
      pruning: Math.sqrt(P) * gap,
      drift: Math.sqrt(D) * gap,
      heterogeneity: Math.sqrt(0.7) * gap,
      uncovered: 0.4,
    };
  };
  const expectTerms = ({ terms, total }: GradientBound, each: ReturnType<typeof expected>) => {
    for (const name of Object.keys(each) as (keyof typeof each)[]) {
      expect(terms[name].value, name).toBeCloseTo(each[name], 12);
      expect(terms[name].upper, name).toBe(terms[name].value);
    }
    expect(total).toBeCloseTo(
      Object.values(each).reduce((a, b) => a + b, 0),
      12,
    );
  };
  expectTerms(gradientBound(constants), expected(3, 3, 2.5, 1.2, 0.8));
  const apart = gradientBound({ ...constants, pruningSmoothness: 0.5, driftSmoothness: 1 });
  expectTerms(apart, expected(0.5, 1, 2.5, 1.2, 0.8));
  const { inverseCoverage: _, inverseCoverageSquared: __, prunedInverseCoverage: ___, ...counts } = constants;
  expectTerms(gradientBound(counts), expected(3, 3, 6 / 2, 6 / 2 ** 2, 6 / 2));
});

it("of the last network is its recursion, round by round", () => {
  const span = { smoothness: 3, variance: 0.5, pruning: 0.2, drift: 0.1, heterogeneity: 0.3, uncovered: 0.05 };
  const spans = [
    { ...span, from: 0, to: 1 },
    { ...span, variance: 2, uncovered: 0, from: 1, to: 4 },
    { ...span, pruning: 0, drift: 0, from: 4, to: 9 },
  ];
  const [learningRate, localSteps] = [0.02, 5];
  const run = { learningRate, localSteps, rounds: 9, initialLoss: 7, infimum: 1, spans };
  for (const mu of [1e-9, 0.4, 2, 9.9, 1 / (learningRate * localSteps)]) {
    let a = 6;
    for (const { from, to, ...each } of spans) {
      const gap = Math.sqrt(each.heterogeneity) + Math.sqrt(each.pruning) + Math.sqrt(each.drift);
      const added = 0.5 * 0.1 * (gap ** 2 + each.uncovered) + 3 * 0.02 ** 2 * 5 * each.variance;
      for (let q = from; q < to; q++) a = (1 - 0.1 * mu) * a + added;
    }
    const { total, terms } = lastIterateBound(run, mu);
    expect(total).toBeCloseTo(a, 9);
    expect(terms.optimization.value).toBeCloseTo((1 - 0.1 * mu) ** 9 * 6, 9);
  }
});

/** A = Q diag(eigenvalues) Q' for one plane rotation Q in each neighbouring pair of coordinates. */
function rotated(eigenvalues: readonly number[], angle: number): number[][] {
  let A = eigenvalues.map((value, i) => eigenvalues.map((_, j) => (i === j ? value : 0)));
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let p = 0; p + 1 < eigenvalues.length; p++) {
    const left = A.map((row, i) =>
      row.map((value, j) =>
        i === p ? cos * value - sin * A[p + 1][j] : i === p + 1 ? sin * A[p][j] + cos * value : value,
      ),
    );
    A = left.map((row) =>
      row.map((value, j) =>
        j === p ? cos * value - sin * row[p + 1] : j === p + 1 ? sin * row[p] + cos * value : value,
      ),
    );
  }
  return A;
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const signed = fc.double({ min: -3, max: 3, noNaN: true });

const cases = fc
  .record({
    size: fc.integer({ min: 1, max: 5 }),
    clients: fc.integer({ min: 1, max: 5 }),
    rounds: fc.integer({ min: 1, max: 12 }),
    localSteps: fc.integer({ min: 1, max: 6 }),
    smoothness: fc.double({ min: 0.2, max: 5, noNaN: true }),
    stepShare: fc.double({ min: 0.02, max: 0.999, noNaN: true }),
    identical: fc.boolean(),
    gradientVariance: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 4, noNaN: true })),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      curvatures: fc.array(fc.array(unit, { minLength: shape.size, maxLength: shape.size }), {
        minLength: shape.clients,
        maxLength: shape.clients,
      }),
      angles: fc.array(unit, { minLength: shape.clients, maxLength: shape.clients }),
      optima: fc.array(fc.array(signed, { minLength: shape.size, maxLength: shape.size }), {
        minLength: shape.clients,
        maxLength: shape.clients,
      }),
      start: fc.array(signed, { minLength: shape.size, maxLength: shape.size }),
      masks: fc.array(
        fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: shape.size, maxLength: shape.size }), {
          minLength: shape.clients,
          maxLength: shape.clients,
        }),
        { minLength: shape.rounds, maxLength: shape.rounds },
      ),
    }),
  );

/** Found by chance: a start at the optimum but for 1e-12. */
const startAtOptimum = {
  shape: {
    size: 3,
    clients: 5,
    rounds: 1,
    localSteps: 1,
    smoothness: 0.2,
    stepShare: 0.02,
    identical: false,
    gradientVariance: 0,
  },
  curvatures: Array.from({ length: 5 }, () => [0, 0, 0]),
  angles: [0, 0, 0, 0, 0],
  optima: [
    [0, 0, 0],
    [0, 0, 0],
    [0, -2.999999998763391, 0],
    [0, 0, 0],
    [0, 2.9999999974521385, 0],
  ],
  start: [0, 0, 0],
  masks: [
    [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
      [0, 0, 0],
    ],
  ],
};

describe("gradient bound of training with arbitrary pruning", () => {
  it("and of the last network hold on 500 random families of quadratics with random arbitrary masks", {
    tags: ["slow"],
  }, () => {
    fc.assert(
      fc.property(cases, ({ shape, curvatures, angles, optima, start, masks }) => {
        fc.pre(masks.every((round) => round.flat().some((bit) => bit === 1)));
        const clients: Quadratic[] = curvatures.map((shares, n) => ({
          A: rotated(
            (shape.identical ? curvatures[0] : shares).map((share) => shape.smoothness * (0.02 + 0.98 * share)),
            shape.identical ? angles[0] : angles[n],
          ),
          b: shape.identical ? optima[0] : optima[n],
        }));
        const learningRate = (0.5 * shape.stepShare) / (shape.localSteps * shape.smoothness);
        const { facts, constants, rounds } = knownRun(
          {
            clients,
            start,
            learningRate,
            localSteps: shape.localSteps,
            masks,
            gradientVariance: shape.gradientVariance,
          },
          shape.smoothness,
        );
        const conditions = trainingConditions(constants, { optimizer: "sgd", server: "fedavg", neverCovered: 0 });
        expect(conditions.every((condition) => condition.met)).toBe(true);
        const { meanSquaredGradient, finalExcess } = facts;
        // Of squares of parameters of size 1, that are known to 1e-16.
        const rounded = (bound: number) => bound * (1 + 1e-9) + 1e-28;
        const mean = meanGradientBound(rounds).total;
        expect(meanSquaredGradient).toBeLessThanOrEqual(rounded(mean));
        expect(mean).toBeLessThanOrEqual(rounded(gradientBound(constants).total));
        // Every eigenvalue of every client is at least that, and so are those of their mean.
        const last = lastIterateBound(rounds, 0.02 * shape.smoothness).total;
        expect(finalExcess).toBeLessThanOrEqual(rounded(last));
      }),
      { numRuns: 500, examples: [[startAtOptimum]] },
    );
  });

  const cheap = { learningRate: 0.05, localSteps: 1, gradientVariance: 0 };
  const forever = <T>(masks: T) => Array.from({ length: 2000 }, () => masks);
  const coupled: Quadratic = {
    A: [
      [1, 0.9],
      [0.9, 1],
    ],
    b: [1, 1],
  };
  /** A term, a run that needs it, L and the least eigenvalue of the mean of all A_n. */
  const needs: [RoundTerm, QuadraticRun, number, number][] = [
    [
      "variance",
      { ...cheap, gradientVariance: 1, clients: [{ A: [[1]], b: [0] }], start: [0], masks: forever([[1]]) },
      ...([1, 1] as const),
    ],
    [
      "pruning",
      {
        ...cheap,
        learningRate: 0.001,
        clients: [coupled, coupled],
        start: [1, 1],
        masks: forever([
          [1, 0],
          [0, 1],
        ]),
      },
      ...([1.9, 0.1] as const),
    ],
    [
      // The optimum of the mean is where the pulls cancel; local steps end nearer to that of the steeper client.
      "drift",
      {
        ...cheap,
        localSteps: 6,
        clients: [
          { A: [[1]], b: [0] },
          { A: [[0.2]], b: [6] },
        ],
        start: [1],
        masks: forever([[1], [1]]),
      },
      ...([1, 0.6] as const),
    ],
    [
      "heterogeneity",
      {
        ...cheap,
        clients: [
          { A: [[1]], b: [0] },
          { A: [[1]], b: [2] },
        ],
        start: [0],
        masks: forever([[1], [0]]),
      },
      ...([1, 1] as const),
    ],
    [
      "uncovered",
      {
        ...cheap,
        clients: [
          {
            A: [
              [1, 0],
              [0, 1],
            ],
            b: [0, 2],
          },
        ],
        start: [0, 1e-9],
        masks: forever([[1, 0]]),
      },
      ...([1, 1] as const),
    ],
  ];

  it.each(needs)("and of the last network fail without %s in a case built to need it", (name, run, smoothness, mu) => {
    const { facts, rounds, constants } = knownRun(run, smoothness);
    const without = { ...rounds, spans: rounds.spans.map((span) => ({ ...span, [name]: 0 })) };
    const { meanSquaredGradient, finalExcess } = facts;
    const rounding = 1 + 1e-9;
    expect(meanSquaredGradient).toBeLessThanOrEqual(meanGradientBound(rounds).total * rounding);
    expect(meanSquaredGradient).toBeLessThanOrEqual(gradientBound(constants).total * rounding);
    expect(meanSquaredGradient).toBeGreaterThan(meanGradientBound(without).total);
    expect(finalExcess).toBeLessThanOrEqual(lastIterateBound(rounds, mu).total * rounding);
    expect(finalExcess).toBeGreaterThan(lastIterateBound(without, mu).total);
  });

  it("and of the last network fail without the start", () => {
    const run = { ...cheap, clients: [{ A: [[1]], b: [1] }], start: [0], masks: [[[1]]] };
    const { facts, rounds } = knownRun(run, 1);
    const without = { ...rounds, initialLoss: 0 };
    expect(facts.meanSquaredGradient).toBeLessThanOrEqual(meanGradientBound(rounds).total);
    expect(facts.meanSquaredGradient).toBeGreaterThan(meanGradientBound(without).total);
    expect(facts.finalExcess).toBeLessThanOrEqual(lastIterateBound(rounds, 1).total);
    expect(facts.finalExcess).toBeGreaterThan(lastIterateBound(without, 1).total);
  });

  it("names the conditions that fail", () => {
    const conditions = trainingConditions(
      { smoothness: 10, learningRate: 0.1, localSteps: 5, coverageMin: 1 },
      { optimizer: "adam", server: "fedadam", neverCovered: 3 },
    );
    expect(conditions.filter((condition) => !condition.met).map((condition) => condition.statement)).toEqual([
      "clients run plain SGD",
      "the server takes the plain average over the clients that kept a parameter",
      "eta T_l L <= 1/2",
      "every parameter is kept by a client in some round",
    ]);
  });
});
