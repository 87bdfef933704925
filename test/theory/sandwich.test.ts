import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../src/diffusion/gaussian-law.js";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { type SamplerName, samplers } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { Engine } from "../../src/kernels/index.js";
import { createTarget } from "../../src/targets/index.js";
import { gradientBound, trainingConditions } from "../../src/theory/apriori/distributed-training.js";
import { scoreErrorBound } from "../../src/theory/apriori/score-error.js";
import { wholeBound } from "../../src/theory/apriori/whole-bound.js";
import type { Bound } from "../../src/theory/bound.js";
import { vacuousBound } from "../../src/theory/bound.js";
import { certify, requirePathCost } from "../../src/theory/certificate/certificate.js";
import { pathCostOf } from "../../src/theory/certificate/index.js";
import { runPathUnits } from "../../src/theory/certificate/units.js";
import type { KlInterval } from "../../src/theory/interval/kl-interval.js";
import type { LowerBound } from "../../src/theory/lower-bound/lower-bound.js";
import { klLowerBound } from "../../src/theory/lower-bound/lower-bound.js";
import { nearestNeighbourKl } from "../../src/theory/measured/nearest-neighbour-kl.js";
import { noisedSample } from "../../src/theory/measured/noised-sample.js";
import { theorems } from "../../src/theory/registry/index.js";
import { sandwich } from "../../src/theory/sandwich.js";
import { describeEnginesThoroughly } from "../support/engines.js";
import { linearDenoiser } from "../support/gaussian.js";
import { certifiedSamplers, inCoordinates, withErrors, withScaledDenoiser } from "../support/samplers.js";

const lowerBound: LowerBound = {
  theorem: "data-processing",
  value: 0.02,
  estimate: 0.03,
  confidence: 0.95,
  unit: "nats",
  bitsPerDimension: 0.01,
  method: "projection on coordinate 0, 8 cells",
  rows: { choice: 100, evaluation: 100 },
  assumptions: [],
};
const bound = (theorem: Bound["theorem"], upper: number): Bound => ({
  name: `bound (${theorem})`,
  theorem,
  value: 0.9 * upper,
  upper,
  unit: "nats",
  bitsPerDimension: upper,
  confidence: 0.95,
  terms: {},
  assumptions: [],
  interval: null,
  samples: 512,
});
const interval: KlInterval = {
  theorem: "importance-weights",
  low: 0.022,
  high: 0.031,
  unit: "nats",
  confidence: 0.95,
  bitsPerDimension: 0.02,
  estimates: { low: 0.025, high: 0.027 },
  k: 16,
  rows: { law: 512, sampler: 512 },
  proposal: "tilted",
  logWeightVariance: 0.3,
  stray: { value: 0, upper: 0.001 },
  sampler: "ancestral",
  dimension: 2,
  assumptions: [],
};
const input = {
  lowerBound,
  certificate: bound("ancestral", 0.5),
  apriori: bound("whole-bound", 40),
};

describe("interval in a sandwich", () => {
  it("has both ends, behind the lower bound", () => {
    const { rows } = sandwich({ ...input, interval });
    expect(rows[1]).toMatchObject({
      role: "interval",
      name: "importance weights of 16 tilted paths a row",
      value: 0.031,
      low: 0.022,
      high: 0.031,
      theorem: "importance-weights",
    });
    expect(sandwich({ ...input, interval: { unavailable: "no density" } }).rows[1]).toMatchObject({
      value: null,
      reason: "no density",
    });
  });

  it("is held to the other bounds at both of its ends", () => {
    const violated = (change: object) => expect(() => sandwich({ ...input, interval, ...change }));
    violated({ lowerBound: { ...lowerBound, value: 0.04 } }).toThrow(/^lower bound .* exceeds interval \(importance/);
    violated({ exact: 0.021 }).toThrow(/^interval .* exceeds exact/);
    violated({ exact: 0.032 }).toThrow(/^exact .* exceeds interval/);
    violated({ certificate: bound("ancestral", 0.0215) }).toThrow(/^interval .* exceeds certificate/);
    expect(() => sandwich({ ...input, interval, exact: 0.03 })).not.toThrow();
  });
});

describe("sandwich", () => {
  it("lists lower bound, estimates, exact value, certificate and a-priori bound, each with its theorem", () => {
    const { rows, notes } = sandwich({
      ...input,
      estimates: { "KL by nearest neighbours (an estimate)": { value: 0.04, low: 0.01, high: 0.07, details: {} } },
      exact: 0.025,
    });
    expect(rows.map(({ role, value, low, high }) => [role, value, low, high])).toEqual([
      ["lower bound", 0.02, null, 0.03],
      ["estimate", 0.04, 0.01, 0.07],
      ["exact", 0.025, null, null],
      ["certificate", 0.5, 0.45, null],
      ["a-priori bound", 40, 36, null],
    ]);
    for (const { theorem, role } of rows) {
      if (role === "exact" || role === "estimate") expect(theorem).toBeNull();
      else expect(theorem && theorems[theorem].explicitConstants).toBe(true);
    }
    expect(notes.join(" ")).toMatch(/loose by a factor of the order of N/);
  });

  it("throws where a lower end lies above an upper one, with both numbers", () => {
    const crossed = { ...input, lowerBound: { ...lowerBound, value: 0.6, estimate: 0.7 } };
    expect(() => sandwich(crossed)).toThrow(
      /lower bound \(projection on coordinate 0, 8 cells\) 0\.600000 nats exceeds certificate \(bound \(ancestral\)\) 0\.500000 nats.*at most 0\.10/,
    );
    try {
      sandwich(crossed);
    } catch (error) {
      expect(error).toMatchObject({ code: "FEDSCORE_BOUND_VIOLATED", details: { lower: 0.6, upper: 0.5 } });
    }
    expect(() => sandwich({ ...input, exact: 0.01 })).toThrow(/lower bound .* exceeds exact/);
    expect(() => sandwich({ ...input, exact: 0.7 })).toThrow(
      /exact \(closed form\) 0\.700000 nats exceeds certificate/,
    );
    expect(() => sandwich({ ...input, exact: 0.5 * (1 + 1e-12) })).not.toThrow();
  });

  it("does not hold estimates against bounds", () => {
    const estimates = { knn: { value: 3, low: 2, high: 4, details: {} } };
    expect(sandwich({ ...input, estimates }).rows[1]).toMatchObject({ value: 3, confidence: null, theorem: null });
  });

  it("shows vacuous and missing parts with their reason and never as numbers", () => {
    const unmet = [{ statement: "every parameter is kept", met: false, evidence: "12 parameters were never covered" }];
    const { rows } = sandwich({
      lowerBound: { unavailable: "too few rows" },
      certificate: { unavailable: "sampler ddim cannot be certified" },
      apriori: vacuousBound("a-priori bound (ddim)", "whole-bound", unmet, 1),
      estimates: { knn: { unavailable: "d > 16" } },
    });
    expect(rows.map(({ value, low, high, reason }) => [value, low, high, reason])).toEqual([
      [null, null, null, "too few rows"],
      [null, null, null, "d > 16"],
      [null, null, null, "sampler ddim cannot be certified"],
      [null, null, null, "every parameter is kept: 12 parameters were never covered"],
    ]);
  });

  it("has a row of its own for the a-priori bound of the last network, and notes where that lies below", () => {
    const { rows, notes } = sandwich({ ...input, aprioriLast: bound("whole-bound", 30) });
    expect(rows.at(-1)).toMatchObject({ role: "a-priori bound, last network", value: 30, low: 27 });
    expect(notes.at(-1)).toMatch(/last network is about the network at hand/);
    const low = sandwich({ ...input, aprioriLast: bound("whole-bound", 0.01) });
    expect(low.notes.at(-1)).toMatch(
      /a-priori bound of the last network 0\.01000 lies below 0\.02000 nats.*not below: a constant/,
    );
  });

  it("notes, and does not throw, where the a-priori bound lies below: it speaks of another network", () => {
    const { notes } = sandwich({ ...input, apriori: bound("whole-bound", 0.01) });
    expect(notes.at(-1)).toMatch(/a-priori bound 0\.01000 lies below 0\.02000 nats/);
  });
});

describeEnginesThoroughly("sandwich of a sampler whose law is known", (engineOf) => {
  const ou = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
  const grid = withErrors(createGrid({ kind: "benton", steps: 30, start: 3, end: 0.05 }, ou), ou, 0.5);
  const [dimension, variance, factor] = [3, 0.25, 0.8];
  const wide = inCoordinates(grid, dimension);
  const standardDeviation = Math.sqrt(variance);
  const target = createTarget({ kind: "gaussian", dimension, standardDeviation });
  /** The exact denoiser of the target, times a factor. */
  const denoiser = linearDenoiser(dimension, ({ alpha, sigma }) => [
    (factor * alpha * variance) / (alpha * alpha * variance + sigma * sigma),
    0,
  ]);

  /** KL of one coordinate, by the affine recursion of the sampler with that denoiser. */
  function exactKl(name: SamplerName): number {
    const sampler = withScaledDenoiser(samplers[name], factor);
    return gaussianLaw({ schedule: ou, grid, sampler, variance }).kl.at(-1) as number;
  }

  async function certificateOf(engine: Engine, name: SamplerName) {
    if (!target.denoiser) throw new Error("a Gaussian has an exact denoiser");
    const problem = {
      schedule: ou,
      grid: wide,
      cost: requirePathCost(name, ou),
      target: { ...target, denoiser: target.denoiser },
      denoiser,
      seed: 3,
    };
    return certify(
      { sampler: name, schedule: ou, grid: wide, target },
      async (units) => runPathUnits(engine, problem, units),
      { paths: 2048 },
    );
  }

  /** A run that stayed at this denoiser: its score error is (factor - 1)^2 times that of the answer 0. */
  function aprioriOf(name: SamplerName): Bound {
    const levels = levelsOf(ou, grid);
    let error = 0;
    for (let k = 0; k + 1 < levels.length; k++) {
      const { alpha, sigma, logSnr } = levels[k];
      const explained = (alpha * variance) ** 2 / (alpha * alpha * variance + sigma * sigma);
      error += 0.5 * (Math.exp(levels[k + 1].logSnr) - Math.exp(logSnr)) * dimension * (factor - 1) ** 2 * explained;
    }
    const constants = {
      smoothness: 1,
      learningRate: 0.1,
      localSteps: 1,
      rounds: 1,
      clients: 1,
      coverageMin: 1,
      gradientVariance: 0,
      gradientSecondMoment: 0,
      pruningNoise: 0,
      parameterNorm: 0,
      heterogeneity: 0,
      uncovered: 0,
      initialLoss: 1 + error,
      infimum: 1,
    };
    const score = scoreErrorBound({
      dimension,
      rounds: [{ loss: 1 + error, squaredGradient: 0 }],
      gradient: gradientBound(constants),
      conditions: trainingConditions(constants, { optimizer: "sgd", server: "fedavg", neverCovered: 0 }),
      irreducible: 1,
    });
    const secondMoment = dimension * variance;
    return wholeBound({
      sampler: name,
      schedule: ou,
      grid: wide,
      moments: { dimension, variance: secondMoment, secondMoment },
      score,
    });
  }

  it.each(certifiedSamplers)("holds for %s", async (name) => {
    const engine = engineOf();
    const rows = 8000;
    const given = { count: rows, denoiser, schedule: ou, grid: wide, sampler: samplers[name], seed: 5 };
    const samples = sample(engine, given);
    const level = levelsOf(ou, grid).at(-1);
    if (!level) throw new Error("a grid has levels");
    const data = noisedSample(engine, target, level, rows, 11);
    const lowerBound = klLowerBound(engine, data, samples, dimension, { seed: 1 });
    const estimate = nearestNeighbourKl.evaluate(engine, data.subarray(0, 6000), samples.subarray(0, 6000), dimension, {
      seed: 1,
    });
    const exact = dimension * exactKl(name);
    const certificate = await certificateOf(engine, name);
    const { rows: shown } = sandwich({
      lowerBound,
      estimates: { [nearestNeighbourKl.title]: estimate },
      exact,
      certificate,
      apriori: pathCostOf(name)?.curved ? { unavailable: "the Jacobian is not bounded" } : aprioriOf(name),
    });
    const values = shown
      .filter(({ role, value }) => role !== "estimate" && value !== null)
      .map(({ value }) => value as number);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(lowerBound.value).toBeGreaterThan(0.3 * exact);
    expect(certificate.theorem).toBe(requirePathCost(name, ou).theorem);
  });
});
