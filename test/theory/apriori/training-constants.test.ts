import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { gradientBound, gradientDefect, trainingConditions } from "../../../src/theory/apriori/distributed-training.js";
import { constantDefect, type TrainingConstants } from "../../../src/theory/apriori/training-constants.js";
import { anyNumber } from "../../support/hostile-numbers.js";

const good: Required<TrainingConstants> = {
  smoothness: 4,
  pruningSmoothness: 1,
  driftSmoothness: 2,
  learningRate: 0.01,
  localSteps: 3,
  rounds: 5,
  clients: 4,
  coverageMin: 2,
  inverseCoverage: 1.5,
  inverseCoverageSquared: 0.75,
  prunedInverseCoverage: 0.5,
  gradientVariance: 1,
  gradientSecondMoment: 2,
  pruningNoise: 0.25,
  parameterNorm: 8,
  heterogeneity: 0.1,
  uncovered: 0.2,
  initialLoss: 1,
  infimum: 0.5,
};
const names = Object.keys(good) as (keyof TrainingConstants)[];

const outside: [keyof TrainingConstants, number, RegExp][] = [
  ["smoothness", -1, /^smoothness must be finite and >= 0, got -1$/],
  ["pruningSmoothness", 5, /^pruningSmoothness must lie in \[0, smoothness\], got 5$/],
  ["driftSmoothness", -2, /^driftSmoothness must lie in \[0, smoothness\], got -2$/],
  ["learningRate", -0.01, /^learningRate must be finite and > 0, got -0\.01$/],
  ["learningRate", 0, /^learningRate must be finite and > 0, got 0$/],
  ["localSteps", 0, /^localSteps must be an integer >= 1, got 0$/],
  ["localSteps", 1.5, /^localSteps must be an integer >= 1, got 1\.5$/],
  ["rounds", 0, /^rounds must be an integer >= 1, got 0$/],
  ["clients", -4, /^clients must be an integer >= 1, got -4$/],
  ["coverageMin", -1, /^coverageMin must be an integer in \[1, clients\], got -1$/],
  ["coverageMin", 0, /^coverageMin must be an integer in \[1, clients\], got 0$/],
  ["coverageMin", 5, /^coverageMin must be an integer in \[1, clients\], got 5$/],
  ["inverseCoverage", 2.1, /^inverseCoverage must lie in \[0, clients \/ coverageMin\], got 2\.1$/],
  ["inverseCoverageSquared", 1.1, /^inverseCoverageSquared must lie in \[0, clients \/ coverageMin\^2\], got 1\.1$/],
  ["prunedInverseCoverage", -1, /^prunedInverseCoverage must lie in \[0, clients \/ coverageMin\], got -1$/],
  ["gradientVariance", -1, /^gradientVariance must be finite and >= 0, got -1$/],
  ["gradientSecondMoment", -1, /^gradientSecondMoment must be finite and >= 0, got -1$/],
  ["pruningNoise", -0.1, /^pruningNoise must be finite and >= 0, got -0\.1$/],
  ["parameterNorm", -8, /^parameterNorm must be finite and >= 0, got -8$/],
  ["heterogeneity", -1e-9, /^heterogeneity must be finite and >= 0, got -1e-9$/],
  ["uncovered", -1, /^uncovered must be finite and >= 0, got -1$/],
  ["infimum", 1.5, /^infimum must be finite and not above initialLoss, got 1\.5$/],
];

describe("ranges of the constants", () => {
  it("hold for a run as it should be, at their ends too", () => {
    expect(constantDefect(good)).toBeNull();
    const spread = { inverseCoverage: 1, inverseCoverageSquared: 0.25, prunedInverseCoverage: 1 };
    const ends = { smoothness: 0, pruningSmoothness: 0, driftSmoothness: 0, coverageMin: 4, infimum: 1, ...spread };
    expect(constantDefect({ ...good, ...ends })).toBeNull();
    const { pruningSmoothness: _, driftSmoothness: __, ...withoutDirections } = good;
    expect(constantDefect(withoutDirections)).toBeNull();
  });

  it.each(outside)("name %s = %d", (name, value, message) => {
    const constants = { ...good, [name]: value };
    expect(() => gradientBound(constants)).toThrow(ArgumentError);
    expect(() => gradientBound(constants)).toThrow(message);
  });

  it.each(
    names.flatMap((name) =>
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => [name, value] as const),
    ),
  )("name %s where it is %d", (name, value) => {
    expect(constantDefect({ ...good, [name]: value })?.value).toBe(value);
    expect(() => gradientBound({ ...good, [name]: value })).toThrow(new RegExp(`^${name} must .*, got ${value}$`));
  });

  it("name a term that no number can hold", () => {
    const huge = { ...good, parameterNorm: 1e308, pruningNoise: 1e10 };
    expect(constantDefect(huge)).toBeNull();
    expect(() => gradientBound(huge)).toThrow(/^the pruning of the bound must be finite, got Infinity$/);
  });

  it("leave a bound of terms that are finite and not negative, or none at all", () => {
    const hostile = fc.record(Object.fromEntries(names.map((name) => [name, anyNumber(good[name])])));
    let bounds = 0;
    fc.assert(
      fc.property(hostile, (record) => {
        const constants = { ...good, ...record };
        const defect = gradientDefect(constants);
        if (defect) {
          expect(() => gradientBound(constants)).toThrow(`${defect.constant} ${defect.rule}, got ${defect.value}`);
          return;
        }
        bounds++;
        const { total, terms } = gradientBound(constants);
        for (const { value, upper } of Object.values(terms)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(upper).toBe(value);
        }
        expect(Number.isFinite(total)).toBe(true);
        const [step] = trainingConditions(constants, { optimizer: "sgd", server: "fedavg", neverCovered: 0 }).filter(
          ({ statement }) => statement === "eta T_l L <= 1/2",
        );
        expect(step.met).toBe(constants.learningRate * constants.localSteps * constants.smoothness <= 0.5);
      }),
      { numRuns: 2000 },
    );
    expect(bounds).toBeGreaterThan(50);
  });
});
