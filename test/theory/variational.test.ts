import { expect, it } from "vitest";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { createTarget } from "../../src/targets/index.js";
import { createLaw } from "../../src/targets/law.js";
import { denoisingErrorRows } from "../../src/theory/denoising-errors.js";
import { meanWithEnd } from "../../src/theory/row-mean.js";
import { variationalBound } from "../../src/theory/variational.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { describeEnginesThoroughly } from "../support/engines.js";
import { exactVariationalBound } from "../support/exact-path-kl.js";
import { lineDenoiser, mixtureOf, zeroNetwork } from "../support/hostile-laws.js";
import { RecordingPool } from "../support/recording-pool.js";

const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });

describeEnginesThoroughly("variational bound", (engineOf) => {
  it("of a Gaussian with its exact denoiser meets the closed form, and is above the entropy of q_delta", async () => {
    const grid = createGrid({ kind: "geometric-tail", steps: 30, start: 4, end: 0.01 }, schedule);
    const [dimension, variance] = [3, 0.25];
    const law = { of: { kind: "gaussian", dimension, standardDeviation: 0.5 } } as const;
    const { points } = createTarget(law.of).sample(engineOf(), 4000, 77);
    const pool = new InThreadPool(engineOf());
    const bound = await variationalBound(
      pool,
      { schedule, grid, heldOut: { points, dimension }, denoiser: law, seed: 5 },
      { confidence: 0.9999 },
    );
    const levels = levelsOf(schedule, grid);
    const [first, last] = [levels[0], levels[levels.length - 1]];
    let path = 0;
    for (let k = 0; k + 1 < levels.length; k++) {
      const snr = Math.exp(levels[k].logSnr);
      path += (0.5 * dimension * (Math.exp(levels[k + 1].logSnr) - snr) * variance) / (1 + snr * variance);
    }
    const a2 = first.alpha ** 2;
    const initialization = 0.5 * dimension * (a2 * variance - a2 - Math.log(first.sigma ** 2));
    const entropy = 0.5 * dimension * Math.log(2 * Math.PI * Math.E * last.sigma ** 2);
    const closed = initialization + path + entropy;
    expect(bound.samples).toBe(4000);
    expect(bound.interval?.low).toBeLessThan(closed);
    expect(bound.interval?.high).toBeGreaterThan(closed);
    // The interval says something: it is narrow beside the value it holds.
    expect((bound.interval?.high ?? 0) - (bound.interval?.low ?? 0)).toBeLessThan(0.5);
    expect(bound.terms.entropy.value).toBeCloseTo(entropy, 12);
    expect(bound.bitsPerDimension).toBeCloseTo((bound.upper as number) / (dimension * Math.LN2), 12);
    const marginal = last.alpha ** 2 * variance + last.sigma ** 2;
    expect(closed).toBeGreaterThan(0.5 * dimension * Math.log(2 * Math.PI * Math.E * marginal));
  });

  it("is the mean of its rows' costs with the end of the confidence that was asked for, as its terms are", async () => {
    const steps = 5;
    const grid = createGrid({ kind: "geometric-tail", steps, start: 2, end: 0.05 }, schedule);
    const [dimension, count, confidence] = [2, 300, 0.8];
    const law = { of: { kind: "gaussian", dimension, standardDeviation: 0.5 } } as const;
    const { points } = createTarget(law.of).sample(engineOf(), count, 77);
    const pool = new RecordingPool(engineOf());
    const request = { schedule, grid, heldOut: { points, dimension }, denoiser: law, seed: 5 };
    const bound = await variationalBound(pool, request, { confidence });
    const levels = levelsOf(schedule, grid);
    const snr = levels.map(({ logSnr }) => Math.exp(logSnr));
    const denoising = pool.callsOf(denoisingErrorRows.call).flatMap(({ input: { input }, output }) =>
      Array.from({ length: input.count }, (_, row) => {
        let path = 0;
        for (let k = 0; k < steps; k++) path += 0.5 * (snr[k + 1] - snr[k]) * output[k * input.count + row];
        return path;
      }),
    );
    const initialization = Array.from({ length: count }, (_, row) => {
      const [a2, s2] = [levels[0].alpha ** 2, levels[0].sigma ** 2];
      const squares = points[2 * row] ** 2 + points[2 * row + 1] ** 2;
      return 0.5 * (a2 * squares + dimension * (s2 - 1 - Math.log(s2)));
    });
    const entropy = 0.5 * dimension * Math.log(2 * Math.PI * Math.E * levels[steps].sigma ** 2);
    expect(denoising).toHaveLength(count);
    const end = (costs: number[]) => meanWithEnd(Float64Array.from(costs), confidence);
    const whole = end(denoising.map((path, row) => path + initialization[row]));
    expect(bound.value).toBeCloseTo(whole.mean + entropy, 9);
    expect(bound.upper).toBeCloseTo(whole.upper + entropy, 9);
    expect(whole.upper).toBeGreaterThan(whole.mean + 0.1);
    expect(bound.terms.denoising.value).toBeCloseTo(end(denoising).mean, 9);
    expect(bound.terms.denoising.upper).toBeCloseTo(end(denoising).upper, 9);
    expect(bound.terms.initialization.value).toBeCloseTo(end(initialization).mean, 9);
    expect(bound.terms.initialization.upper).toBeCloseTo(end(initialization).upper, 9);
    expect(bound.interval?.low).toBeCloseTo(whole.interval.low + entropy, 9);
    expect(bound.interval?.high).toBeCloseTo(whole.interval.high + entropy, 9);
    expect(bound.confidence).toBe(confidence);
  });

  it("is false in at most 5 % of 400 seeds where a law has rare rows that are not too rare to be seen", async () => {
    const grid = createGrid({ kind: "geometric-tail", steps: 12, start: 8, end: 0.02 }, schedule);
    const rows = 500;
    for (const [weight, distance] of [
      [0.01, 10],
      [0.008, 100],
    ]) {
      const law = mixtureOf("rare", {
        means: [0, distance],
        weights: [1 - weight, weight],
        variances: [0.25, 0.25],
      });
      const truth = exactVariationalBound(law.mixture, schedule, grid, lineDenoiser(engineOf(), zeroNetwork));
      const pool = new InThreadPool(engineOf());
      let wrong = 0;
      for (let seed = 0; seed < 400; seed++) {
        const { points } = createLaw(law.law).sample(engineOf(), rows, seed);
        const request = { schedule, grid, heldOut: { points, dimension: 1 }, denoiser: zeroNetwork, seed };
        const { upper, caveat } = await variationalBound(pool, request);
        if ((upper ?? 0) < truth) wrong++;
        expect(caveat).toBe(
          "events of probability below 0.006 are not covered: 500 independent held-out rows need not show one",
        );
      }
      expect(wrong).toBeLessThanOrEqual(20);
    }
  });

  it("uses as many rows as it is allowed to, and refuses a single one", async () => {
    const grid = createGrid({ kind: "uniform-log-snr", steps: 3, start: 4, end: 0.1 }, schedule);
    const points = new Float32Array(600).fill(0.5);
    const law = { of: { kind: "gaussian", dimension: 2 } } as const;
    const run = (rows: Float32Array, most?: number) =>
      variationalBound(
        new InThreadPool(engineOf()),
        { schedule, grid, heldOut: { points: rows, dimension: 2 }, denoiser: law, seed: 5 },
        { rows: most },
      );
    expect((await run(points)).samples).toBe(300);
    expect((await run(points, 17)).samples).toBe(17);
    await expect(run(points.subarray(0, 2))).rejects.toThrow(/heldOut.points.length/);
  });
});
