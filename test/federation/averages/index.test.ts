import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complete } from "../../../src/family.js";
import { averages, createAverage } from "../../../src/federation/averages/index.js";
import { exponentOf } from "../../../src/federation/averages/power.js";
import { createFederation } from "../../../src/federation/federation.js";
import { averageWith, emptyAverage, weightAfter } from "../../../src/federation/moving-average.js";
import { simdEngine } from "../../support/engines.js";
import { arbitrarySpecIn, specsOf } from "../../support/specs.js";
import { smallFederation, testTransport } from "../support.js";

const engine = await simdEngine();
type Spec = Parameters<typeof createAverage>[1];

/** Weight of each of so many rounds in the average: that of a vector which is 1 in one round and 0 in the others. */
function weightsOf(spec: Spec, rounds: number): Float64Array {
  const rule = createAverage(engine, spec);
  let average = emptyAverage(rounds);
  for (let round = 0; round < rounds; round++) {
    const parameters = new Float32Array(rounds);
    parameters[round] = 1;
    average = averageWith(average, parameters, rule.decay(round));
  }
  return average.values;
}

describe("every moving average", () => {
  const filled = arbitrarySpecIn(averages).map((spec) => complete(averages, "ema", spec));

  it("has weights that are not negative and add to 1, whatever the start was", () => {
    fc.assert(
      fc.property(filled, fc.integer({ min: 1, max: 30 }), (spec, rounds) => {
        const weights = weightsOf(spec, rounds);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
      }),
      { numRuns: 60 },
    );
  });

  it.each(specsOf(averages, { exponential: { decay: 0.9, warmup: 10 } }))(
    "goes on from a checkpoint to the same bits: $kind",
    async (ema) => {
      const make = (rounds: number) =>
        createFederation(engine, { ...smallFederation(testTransport(engine), 3, { rounds }), ema });
      const drain = async (federation: ReturnType<typeof make>, resumeFrom?: Uint8Array) => {
        for await (const _ of federation.train(resumeFrom ? { resumeFrom } : {}));
        return federation;
      };
      const straight = await drain(make(5));
      const resumed = await drain(make(5), (await drain(make(2))).checkpoint());
      expect(resumed.samplingParameters).toEqual(straight.samplingParameters);
      expect(straight.samplingParameters).not.toEqual(straight.parameters);
    },
  );
});

describe("exponential", () => {
  it("is what its decay as a number is", () => {
    expect(weightsOf({ kind: "exponential", decay: 0.8, warmup: 1 }, 12)).toEqual(weightsOf(0.8, 12));
  });

  it("warms up as TensorFlow's: (1 + n) / (10 + n) until that is the decay", () => {
    const { decay } = createAverage(engine, { kind: "exponential", decay: 0.9, warmup: 10 });
    expect([0, 1, 8, 79, 80, 81, 1000].map(decay)).toEqual([0.1, 2 / 11, 0.5, 80 / 89, 0.9, 0.9, 0.9]);
  });

  it("forgets early rounds sooner while it warms up", () => {
    const [warm, cold] = [10, 1].map((warmup) => weightsOf({ kind: "exponential", decay: 0.99, warmup }, 20));
    expect(warm[0]).toBeLessThan(cold[0] / 10);
    expect(warm[19]).toBeGreaterThan(cold[19]);
  });
});

describe("power", () => {
  it("has the paper's exponents: gamma 16.97 at length 0.05, 6.94 at 0.1", () => {
    expect(exponentOf(0.05)).toBeCloseTo(16.97, 2);
    expect(exponentOf(0.1)).toBeCloseTo(6.94, 2);
  });

  it("weighs round t of T by t^(gamma + 1) - (t - 1)^(gamma + 1), over T^(gamma + 1)", () => {
    const exponent = exponentOf(0.15) + 1;
    weightsOf({ kind: "power", relativeLength: 0.15 }, 9).forEach((weight, index) => {
      expect(weight).toBeCloseTo(((index + 1) / 9) ** exponent - (index / 9) ** exponent, 12);
    });
  });

  it.each([0.05, 0.1, 0.25])("is as wide as its relative length says: %f of 600 rounds", (relativeLength) => {
    const weights = weightsOf({ kind: "power", relativeLength }, 600);
    const mean = weights.reduce((sum, weight, round) => sum + weight * round, 0);
    const variance = weights.reduce((sum, weight, round) => sum + weight * (round - mean) ** 2, 0);
    // Rounds are steps of 1 / 600, where the profile is continuous.
    expect(Math.abs(Math.sqrt(variance) / 600 - relativeLength)).toBeLessThan(1 / 600);
  });
});

it("the weight of an average after so many rounds is that of its rule", () => {
  const rule = createAverage(engine, { kind: "exponential", decay: 0.75, warmup: 1 });
  expect(weightAfter(5, rule)).toBeCloseTo(1 - 0.75 ** 5, 12);
  expect(weightAfter(5, createAverage(engine, { kind: "power", relativeLength: 0.1 }))).toBe(1);
  expect(weightAfter(5, undefined)).toBe(0);
});
