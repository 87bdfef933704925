import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { gradientBound, trainingConditions } from "../../../src/theory/apriori/distributed-training.js";
import { scoreErrorBound } from "../../../src/theory/apriori/score-error.js";
import { wholeBound } from "../../../src/theory/apriori/whole-bound.js";
import { pathCostOf } from "../../../src/theory/certificate/index.js";
import { certifiedSamplers, inCoordinates, withErrors } from "../../support/samplers.js";
import { logLogSlope } from "../../support/slope.js";

/** Those whose costs follow from the denoiser's error alone. */
const bounded = certifiedSamplers.filter((name) => !pathCostOf(name)?.curved);

const ou = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const grid = withErrors(createGrid({ kind: "benton", steps: 100, start: 4, end: 0.01 }, ou), ou, 0.5);

/** A run whose loss was F_irreducible + error from its first round on. */
function scoreOf(dimension: number, error: number, neverCovered = 0) {
  const constants = {
    smoothness: 1,
    learningRate: 0.1,
    localSteps: 1,
    rounds: 10,
    clients: 1,
    coverageMin: 1,
    gradientVariance: 0,
    gradientSecondMoment: 0,
    pruningNoise: 0,
    parameterNorm: 1,
    heterogeneity: 0,
    uncovered: 0,
    initialLoss: dimension,
    infimum: dimension,
  };
  return scoreErrorBound({
    dimension,
    rounds: [{ loss: dimension + error, squaredGradient: 0 }],
    gradient: gradientBound(constants),
    conditions: trainingConditions(constants, { optimizer: "sgd", server: "fedavg", neverCovered }),
    irreducible: dimension,
  });
}

const moments = (dimension: number, variance: number) => ({
  dimension,
  variance: dimension * variance,
  secondMoment: dimension * variance,
});

describe("a-priori bound of training and sampling", () => {
  it.each(bounded)("of %s is at least the true KL of every Gaussian target with the exact denoiser", (sampler) => {
    for (const variance of [0.05, 0.25, 1, 3]) {
      for (const steps of [10, 50, 200]) {
        const times = createGrid({ kind: "geometric-tail", steps, start: 4, end: 0.01 }, ou);
        const sparse = withErrors(times, ou, variance, 1);
        const { kl } = gaussianLaw({ schedule: ou, grid: sparse, sampler: samplers[sampler], variance });
        const bound = wholeBound({
          sampler,
          schedule: ou,
          grid: inCoordinates(sparse, 3),
          moments: moments(3, variance),
          score: scoreOf(3, 0),
        });
        expect(bound.upper).toBeGreaterThanOrEqual(3 * (kl.at(-1) as number));
        expect(bound.theorem).toBe("whole-bound");
      }
    }
  });

  it.each(bounded)("of %s is linear in the dimension, slope 1", (sampler) => {
    const dimensions = [1, 2, 4, 8, 16, 32, 64];
    const values = dimensions.map(
      (d) =>
        wholeBound({
          sampler,
          schedule: ou,
          grid: inCoordinates(grid, d),
          moments: moments(d, 0.8),
          score: scoreOf(d, 0.1 * d),
        }).value as number,
    );
    expect(logLogSlope(dimensions, values)).toBeCloseTo(1, 9);
  });

  it.each(certifiedSamplers.filter((name) => !bounded.includes(name)))("of %s is refused by name", (sampler) => {
    const given = { sampler, schedule: ou, grid, moments: moments(2, 1), score: scoreOf(2, 0.3) };
    expect(() => wholeBound(given)).toThrow(`sampler ${sampler} has no a-priori bound: its noise follows the Jacobian`);
  });

  it("adds the terms up, with the cross term of Minkowski where errors are vectors", () => {
    const chain = wholeBound({
      sampler: "ancestral",
      schedule: ou,
      grid,
      moments: moments(2, 1),
      score: scoreOf(2, 0.3),
    });
    expect(Object.keys(chain.terms)).toEqual(["initialization", "discretization", "score"]);
    const frozen = wholeBound({
      sampler: "exponential-integrator",
      schedule: ou,
      grid,
      moments: moments(2, 1),
      score: scoreOf(2, 0.3),
    });
    const { initialization, discretization, score } = frozen.terms;
    expect(frozen.value).toBeCloseTo(
      initialization.value + (Math.sqrt(discretization.value) + Math.sqrt(score.value)) ** 2,
      12,
    );
    expect(score.value).toBeCloseTo(0.3, 12);
  });

  it("has no value where the score term has none, and says why; the other terms stand", () => {
    const bound = wholeBound({
      sampler: "ancestral",
      schedule: ou,
      grid,
      moments: moments(2, 1),
      score: scoreOf(2, 0.3, 12),
    });
    expect(bound).toMatchObject({ value: null, upper: null, bitsPerDimension: null });
    expect(bound.vacuous).toMatch(/12 parameters were never covered/);
    expect(bound.terms.discretization.value).toBeGreaterThan(0);
  });

  it.each([-1e-9, Number.NaN, Number.POSITIVE_INFINITY])("refuses a score of %d", (upper) => {
    const score = { ...scoreOf(2, 0.3), upper };
    const input = { sampler: "euler-maruyama", schedule: ou, grid, moments: moments(2, 1), score } as const;
    expect(() => wholeBound(input)).toThrow(/^score\.upper must be >= 0, got/);
  });

  it("has no value and no terms where one is beyond every number", () => {
    const huge = { dimension: 2, variance: 1, secondMoment: 1.7e308 };
    const hot = createGrid({ kind: "uniform", steps: 4, start: 4, end: 1e-3 }, ou);
    const input = {
      sampler: "euler-maruyama",
      schedule: ou,
      grid: hot,
      moments: huge,
      score: scoreOf(2, 1.7e308),
    } as const;
    expect(wholeBound(input)).toMatchObject({ value: null, upper: null, terms: {}, vacuous: "no finite value" });
  });

  it("refuses a sampler without a path KL by name", () => {
    const input = { schedule: ou, grid, moments: moments(2, 1), score: scoreOf(2, 0) };
    expect(() => wholeBound({ sampler: "ddim", ...input })).toThrow(/ddim has no path KL/);
  });
});
