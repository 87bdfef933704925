import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { LevelColumn, levelHeader } from "../../src/kernels/codes.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { allocateBatch, drawBatch } from "../../src/network/batch.js";
import { type LevelDistributionSpec, levelDistributions } from "../../src/network/level-distributions/index.js";
import { drawRatio, drawsOf, type LevelDraws, levelDraws, replaceByLevels } from "../../src/network/level-draws.js";
import { levelTable, trainingLevels } from "../../src/network/levels.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { arbitrarySpecIn } from "../support/specs.js";

const engine = await simdEngine();
const spec = networkOf({ dimension: 2, hidden: [4], noiseFeatures: 4, parameterization: "v" });
const schedule = createSchedule({ kind: "vp-cosine" });
const levelsOf = (count: number) => trainingLevels(engine, schedule, { spacing: "logsnr", count });

/** The probability of each level. */
function probabilities(draws: LevelDraws): number[] {
  const levels = draws.ends.length;
  return Array.from({ length: levels }, (_, k) => drawRatio(draws, k) / levels);
}

const weightsIn = (table: Float32Array) =>
  table.filter((_, index) => index % (levelHeader + spec.noiseFeatures) === LevelColumn.weight);

describe("every distribution of noise levels", () => {
  it("leaves the expected loss to the weighting: probability times weight is weight over the number of levels", () => {
    const count = fc.integer({ min: 2, max: 60 });
    const squares = fc.array(fc.double({ min: 0, max: 1e30, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(arbitrarySpecIn(levelDistributions), count, squares, (distribution, count, squares) => {
        const levels = levelsOf(count);
        const losses = Float64Array.from(squares.slice(0, count), Math.sqrt);
        const draws = levelDraws(engine, levels.logSnr, distribution, losses);
        if (!draws) return;
        const shares = probabilities(draws);
        expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
        const [drawn, plain] = [draws, undefined].map((given) =>
          weightsIn(levelTable(engine, spec, levels, weightings.simple, given)),
        );
        drawn.forEach((weight, k) => {
          // Either weight is rounded to float32 once.
          expect(Math.abs((shares[k] * weight * count) / plain[k] - 1)).toBeLessThan(2 ** -22);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("draws every level, and lets none weigh more than one over its uniform share", () => {
    const far: LevelDistributionSpec = { kind: "log-normal", mean: 50, deviation: 0.01, uniform: 0.25 };
    const draws = levelDraws(engine, levelsOf(1000).logSnr, far);
    const ratios = probabilities(draws as LevelDraws).map((share) => 1000 * share);
    expect(Math.min(...ratios)).toBeGreaterThan(0.25 - 1e-5);
    expect(Math.min(...ratios)).toBeLessThan(0.25 + 1e-5);
  });
});

describe("log-normal", () => {
  it("has the mean and deviation of ln(sigma / alpha) that it is given", () => {
    const { logSnr } = trainingLevels(engine, createSchedule({ kind: "vp-cosine", tMin: 1e-5, tMax: 1 - 1e-5 }), {
      spacing: "time",
      count: 2000,
    });
    const distribution = { kind: "log-normal", mean: -1.2, deviation: 1.2, uniform: 0.001 } as const;
    const shares = probabilities(levelDraws(engine, logSnr, distribution) as LevelDraws);
    const mean = shares.reduce((sum, share, k) => sum - (share * logSnr[k]) / 2, 0);
    const variance = shares.reduce((sum, share, k) => sum + share * (-logSnr[k] / 2 - mean) ** 2, 0);
    // A thousandth of the draws is uniform in time, of mean 0.
    expect(Math.abs(mean + 1.2)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(variance) - 1.2)).toBeLessThan(0.01);
  });
});

describe("importance", () => {
  const { logSnr } = levelsOf(4);
  const distribution = { kind: "importance", uniform: 0.2 } as const;

  it("draws a level in proportion to the root mean squared loss of its bin, beside its uniform share", () => {
    const shares = probabilities(levelDraws(engine, logSnr, distribution, Float64Array.of(1, 3)) as LevelDraws);
    expect(shares).toEqual([0.15, 0.15, 0.35, 0.35].map((share) => expect.closeTo(share, 8)));
  });

  it("draws all levels as often where no loss is known, or none is above 0", () => {
    for (const losses of [undefined, Float64Array.of(0, 0)])
      expect(levelDraws(engine, logSnr, distribution, losses)).toBeUndefined();
  });

  it("refuses losses that are none", () => {
    const drawing = (...losses: number[]) =>
      expect(() => levelDraws(engine, logSnr, distribution, Float64Array.from(losses)));
    drawing().toThrow("losses must have 1 to 4 entries, as there are levels, got 0");
    drawing(1, 1, 1, 1, 1).toThrow("losses must have 1 to 4 entries, as there are levels, got 5");
    drawing(1, -1).toThrow("losses[1] must be >= 0, got -1");
    drawing(Number.NaN).toThrow("losses[0] must be");
  });
});

describe("draws", () => {
  it("are as many as the ends say, level by level", () => {
    const draws = { ends: Uint32Array.of(2, 3, 7) };
    const numbers = Int32Array.from({ length: 7 }, (_, index) => index);
    replaceByLevels(draws, numbers);
    expect([...numbers]).toEqual([0, 0, 1, 2, 2, 2, 2]);
    expect(probabilities(draws)).toEqual([2 / 7, 1 / 7, 4 / 7].map((share) => expect.closeTo(share, 14)));
  });

  it("of a batch have the probabilities of the distribution", () => {
    const { arena } = engine;
    arena.scope(() => {
      const [levels, batchSize] = [4, 20_000];
      const draws = drawsOf(Float64Array.of(1, 0, 2, 5), 0.2);
      const source = {
        spec,
        settings: {
          batchSize,
          optimizer: { kind: "sgd" },
          weighting: "simple",
          levels: { spacing: "time", count: levels },
        },
        points: arena.copyIn(normals(engine, 20, { seed: 1, purpose: Purpose.target })),
        levelTable: arena.copyIn(new Float32Array(levels * (levelHeader + spec.noiseFeatures))),
        levelDraws: draws,
        ...{ seed: 3, round: 4, client: 5 },
      } as const;
      const batch = allocateBatch(arena, source);
      drawBatch(engine, source, 6, batch);
      const drawn = arena.int32(batch.levelIndex, batchSize);
      const expected = [0.15, 0.05, 0.25, 0.55];
      expect(probabilities(draws)).toEqual(expected.map((share) => expect.closeTo(share, 8)));
      expected.forEach((share, level) => {
        const found = drawn.filter((each) => each === level).length / batchSize;
        // Five standard deviations.
        expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / batchSize));
      });
    });
  });
});
