import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientBound, trainingConditions } from "../../../src/theory/apriori/distributed-training.js";
import type { TrainingConstants } from "../../../src/theory/apriori/training-constants.js";
import { averageExcess, type Quadratic, type QuadraticRun, runQuadratics } from "../../support/quadratics.js";

function constantsOf(run: QuadraticRun, smoothness: number): TrainingConstants & { meanSquaredGradient: number } {
  const facts = runQuadratics(run);
  return {
    ...facts,
    heterogeneity: facts.heterogeneity < 1e-24 ? 0 : facts.heterogeneity,
    smoothness,
    learningRate: run.learningRate,
    localSteps: run.localSteps,
    rounds: run.masks.length,
    clients: run.clients.length,
    gradientVariance: run.gradientVariance,
    // Of F - F*, whose infimum is 0: the bound does not tell it from F.
    initialLoss: averageExcess(run.clients, run.start),
    infimum: 0,
  };
}

it("is the formula of its docstring, term by term", () => {
  const constants: TrainingConstants = {
    ...{ smoothness: 3, learningRate: 0.02, localSteps: 5, rounds: 7, clients: 6, coverageMin: 2 },
    ...{ gradientVariance: 1.5, gradientSecondMoment: 4, pruningNoise: 0.3, parameterNorm: 8 },
    ...{ heterogeneity: 0.7, uncovered: 0.4, initialLoss: 9, infimum: 1 },
  };
  for (const c of [1, 2]) {
    const { terms, total } = gradientBound({ ...constants, heterogeneity: c === 1 ? 0 : 0.7 });
    const expected = {
      optimization: (2 * (9 - 1)) / (0.02 * 5 * 7),
      variance: (2 * 3 * 0.02 * 6 * 1.5) / 2 ** 2,
      pruning: ((c * 6) / 2) * 3 ** 2 * 0.3 * 8,
      drift: (((c * 6) / 2) * 3 ** 2 * 0.02 ** 2 * 5 ** 2 * 4) / 3,
      heterogeneity: c === 1 ? 0 : 2 * 0.7,
      uncovered: 0.4,
    };
    for (const [name, value] of Object.entries(expected)) {
      const term = terms[name as keyof typeof expected];
      expect(term.value, name).toBeCloseTo(value, 12);
      expect(term.upper, name).toBe(term.value);
    }
    expect(total).toBeCloseTo(
      Object.values(expected).reduce((a, b) => a + b, 0),
      12,
    );
  }
  const apart = gradientBound({ ...constants, pruningSmoothness: 0.5, driftSmoothness: 1 }).terms;
  expect(apart.pruning.value).toBeCloseTo(2 * ((2 * 6) / 2) * 0.5 ** 2 * 0.3 * 8, 12);
  expect(apart.drift.value).toBeCloseTo((2 * ((2 * 6) / 2) * 0.02 ** 2 * 5 ** 2 * 4) / 3, 12);
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
  it("holds on 500 random families of quadratics with random arbitrary masks", () => {
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
        const constants = constantsOf(
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
        const { total } = gradientBound(constants);
        expect(constants.meanSquaredGradient).toBeLessThanOrEqual(total * (1 + 1e-9));
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
  const needs: [keyof ReturnType<typeof gradientBound>["terms"], QuadraticRun, number][] = [
    ["optimization", { ...cheap, clients: [{ A: [[1]], b: [1] }], start: [0], masks: [[[1]]] }, 1],
    [
      "variance",
      { ...cheap, gradientVariance: 1, clients: [{ A: [[1]], b: [0] }], start: [0], masks: forever([[1]]) },
      1,
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
      1.9,
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
      1,
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
      1,
    ],
  ];

  it.each(needs)("fails without its term %s in a case built to need it", (name, run, smoothness) => {
    const constants = constantsOf(run, smoothness);
    const { total, terms } = gradientBound(constants);
    expect(constants.meanSquaredGradient).toBeLessThanOrEqual(total);
    expect(constants.meanSquaredGradient).toBeGreaterThan(total - terms[name].value);
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
