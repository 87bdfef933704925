import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import {
  type AprioriInput,
  type AprioriReport,
  aprioriReport,
  irreducibleLoss,
} from "../../../src/theory/apriori/apriori-bound.js";
import { aprioriInput, leastLoss, masked, withProbe } from "../../support/apriori-run.js";
import { anyNumber } from "../../support/hostile-numbers.js";
import { anyProbes } from "../../support/hostile-probes.js";

const { schedule, grid, run, moments } = aprioriInput;
const { dimension } = moments;
const report = (change: Partial<AprioriInput> = {}) => aprioriReport({ ...aprioriInput, ...change });
const partsOf = ({ bound, score, lastBound, lastScore, gradient }: AprioriReport) => [
  ...[bound, score, lastBound, lastScore],
  gradient,
];
const known = (value: number) => ({ irreducible: { value, how: "closed form" } });

function expectNothing(result: AprioriReport, reason: RegExp): void {
  for (const { value, vacuous } of partsOf(result)) {
    expect(value).toBeNull();
    expect(vacuous).toMatch(reason);
  }
}

describe("a-priori report", () => {
  it("has all its values where every condition is met", () => {
    for (const { value, vacuous } of partsOf(report())) {
      expect(vacuous).toBeUndefined();
      expect(value).toBeGreaterThan(0);
    }
  });

  it.each([1.0001, 1.5, 2.4, 100])("has none of them where F_irreducible is %d times the best loss", (times) => {
    const result = report(known(times * leastLoss * dimension));
    expectNothing(result, /F\* <= every measured loss|infimum must be finite and not above initialLoss/);
    for (const { value } of Object.values(result.gradient.terms)) expect(value).toBeNull();
  });

  it("has none of them where F_irreducible is NaN or infinite", () => {
    expectNothing(report(known(Number.NaN)), /infimum must be finite and not above initialLoss, got NaN/);
    expectNothing(report(known(Number.POSITIVE_INFINITY)), /infimum must be finite/);
  });

  it("takes a negative F_irreducible for a lower bound of F, but not for the score", () => {
    const { gradient, score, bound } = report(known(-1));
    expect(gradient.value).toBeGreaterThan(report().gradient.value ?? 0);
    expect(score.vacuous).toMatch(/0 <= F_irreducible <= Fbest: F_irreducible = -1\.000/);
    expect(bound.value).toBeNull();
  });

  it("has none of them where a number of a probe is not finite, and no mu where that needs it", () => {
    expectNothing(report({ probes: withProbe(2, { loss: Number.NaN }) }), /loss = NaN in round 8/);
    expect(report({ probes: withProbe(2, { loss: Number.NaN }) }).polyakLojasiewicz).toBeNull();
    const variance = withProbe(0, { masked: { ...masked, gradientVariance: Number.NaN } });
    expectNothing(report({ probes: variance }), /gradientVariance = NaN in round 0/);
    expect(report({ probes: variance }).polyakLojasiewicz?.value).toBeGreaterThan(0);
  });

  it("has none of them for clients with their own localSteps, and names them", () => {
    const ownSteps = [{ client: 2, localSteps: 50 }];
    expectNothing(report({ run: { ...run, ownSteps } }), /client 2 takes 50/);
  });

  it("speaks of the gradients, but not of the samples, where a moving average is sampled", () => {
    const { gradient, ...samples } = report({ run: { ...run, movingAverage: "decay 0.9" } });
    expect(gradient.value).toBeGreaterThan(0);
    for (const { value, vacuous } of [samples.score, samples.bound, samples.lastScore, samples.lastBound]) {
      expect(value).toBeNull();
      expect(vacuous).toBe("what is sampled is the network of a round: a moving average of decay 0.9 is sampled");
    }
  });

  it("has no value in nats that no number can hold", () => {
    const huge = { ...masked, heterogeneity: 1e308 };
    const probes = aprioriInput.probes.map((probe) => ({ ...probe, masked: probe.masked && huge }));
    const { gradient, score, bound } = report({ probes });
    expect(gradient.value).toBeGreaterThan(0);
    for (const { value, vacuous } of [score, bound]) {
      expect(value).toBeNull();
      expect(vacuous).toBe("no finite value");
    }
  });

  it("has each score four times, from the largest constants of the run to what was measured", () => {
    const { scores, score, lastScore } = report();
    expect(scores.mean.eachRound).toBe(score.value);
    expect(scores.last.eachRound).toBe(lastScore.value);
    for (const { largest, eachRound, changes } of [scores.mean, scores.last]) {
      expect(largest).toBeGreaterThan(eachRound ?? Number.NaN);
      expect(eachRound).toBeGreaterThan(changes ?? Number.NaN);
    }
    // F = 3, 1.4, 1 + 2 / 9 for the rounds 0 to 3, 4 to 7 and 8; 1.2 after the last. F_irreducible is 1, d is 2.
    expect(scores.mean.measured).toBeCloseTo((2 * (4 * 3 + 4 * 1.4 + 1 + 2 / 9)) / 9 - 1, 12);
    expect(scores.last.measured).toBeCloseTo(2 * leastLoss - 1, 12);
    const vacuous = report({ run: { ...run, server: "fedadam" } }).scores;
    expect(vacuous.last).toEqual({ largest: null, eachRound: null, changes: null, measured: scores.last.measured });
    expect(
      report({ training: { weighting: "simple", levels: { spacing: "time", count: 8 } } }).scores.mean.measured,
    ).toBeNull();
  });

  it("has none of the last network where eta T_l mu exceeds 1, but of the mean", () => {
    const { bound, lastBound, lastScore } = report({
      probes: withProbe(0, { gradientSquared: 1e9 })
        .slice(0, 1)
        .concat(withProbe(3, { gradientSquared: 1 }).slice(3)),
    });
    expect(bound.value).toBeGreaterThan(0);
    for (const { value, vacuous } of [lastBound, lastScore]) {
      expect(value).toBeNull();
      expect(vacuous).toMatch(/^eta T_l mu <= 1: eta T_l mu = \d/);
    }
  });

  it("refuses moments of no law and a grid that is none", () => {
    const broken = (change: object) => () => report({ moments: { ...moments, ...change } });
    expect(broken({ variance: Number.NaN })).toThrow(/^variance must be >= 0, got NaN$/);
    expect(broken({ variance: -1e-17 })).toThrow(/^variance must be >= 0/);
    expect(broken({ secondMoment: 1 })).toThrow(/^secondMoment must not be below the variance, got 1$/);
    expect(broken({ dimension: 0 })).toThrow(/^dimension must be an integer >= 1, got 0$/);
    const times = Float64Array.of(4, Number.NaN, 0.01);
    expect(() => report({ grid: { name: "broken", times } })).toThrow(/^grid\.times\[1\] must lie in .*, got NaN$/);
  });
});

describe("a-priori report of any numbers", () => {
  const input = fc.record({
    probes: anyProbes,
    irreducible: anyNumber(1).map((value) => ({ value, how: "any" })),
    learningRate: anyNumber(run.learningRate),
    coverageMin: anyNumber(run.coverageMin),
    parameterNorm: anyNumber(run.parameterNorm),
    variance: anyNumber(moments.variance),
    secondMoment: anyNumber(moments.secondMoment),
    sampler: fc.constantFrom("ancestral", "exponential-integrator", "euler-maruyama", "ddim"),
  });

  it("is an ArgumentError, or of parts that are null with a reason or finite and not negative", {
    tags: ["slow"],
  }, () => {
    const seen = { refused: 0, vacuous: 0, bounds: 0 };
    fc.assert(
      fc.property(input, ({ probes, irreducible, sampler, variance, secondMoment, ...facts }) => {
        let result: AprioriReport;
        try {
          result = report({
            probes,
            irreducible,
            sampler,
            run: { ...run, ...facts },
            moments: { dimension, variance, secondMoment },
          });
        } catch (error) {
          expect(error).toBeInstanceOf(ArgumentError);
          seen.refused++;
          return;
        }
        const best = Math.min(...probes.map(({ loss }) => loss));
        for (const { value, vacuous } of partsOf(result)) {
          if (!(irreducible.value / dimension <= best)) expect(value).toBeNull();
          if (value === null) expect(vacuous).toBeTruthy();
          else {
            expect(value).toSatisfy(Number.isFinite);
            expect(value).toBeGreaterThanOrEqual(0);
          }
        }
        for (const { terms } of [result.bound, result.score]) {
          for (const { value, upper } of Object.values(terms)) {
            for (const number of [value, upper]) expect(number).toSatisfy(Number.isFinite);
            expect(value).toBeGreaterThanOrEqual(0);
          }
        }
        if (result.bound.value === null) seen.vacuous++;
        else seen.bounds++;
      }),
      { numRuns: 1500 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(30);
  });
});

describe("irreducible loss", () => {
  it("is refused of an mmse that is none, by its place", () => {
    const mmse = Array.from({ length: grid.times.length - 1 }, () => 0.5);
    expect(irreducibleLoss(schedule, grid, mmse)).toBeGreaterThan(0);
    const broken = (value: number) => () => irreducibleLoss(schedule, grid, mmse.with(3, value));
    expect(broken(Number.NaN)).toThrow(/^mmse\[3\] must be finite and >= 0, got NaN$/);
    expect(broken(-1)).toThrow(/^mmse\[3\] must be finite and >= 0, got -1$/);
    expect(() => irreducibleLoss(schedule, grid, mmse.slice(1))).toThrow(/^mmse must have/);
  });
});
