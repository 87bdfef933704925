import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { Purpose } from "../../../src/kernels/index.js";
import { normals } from "../../../src/kernels/random.js";
import { mixtureTarget } from "../../../src/targets/gaussian-mixture.js";
import { createLaw } from "../../../src/targets/law.js";
import type { Target } from "../../../src/targets/target.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { defensiveEnd } from "../../../src/theory/interval/defensive-end.js";
import { defensiveSampler } from "../../../src/theory/interval/defensive-sampler.js";
import { requireDensity } from "../../../src/theory/interval/dense-target.js";
import { bestBet } from "../../../src/theory/lower-bound/betting.js";
import { simdEngine } from "../../support/engines.js";
import { intervalHere } from "../../support/interval.js";
import { standardizedMix } from "../../support/standardized-mix.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "vp-linear" });
const grid = createGrid({ kind: "uniform-log-snr", steps: 20 }, schedule);
const delta = levelsOf(schedule, grid)[20];
const share = 1e-4;

function logNormal(x: number, mean: number, variance: number): number {
  return -0.5 * ((x - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
}

function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, each) => sum + Math.exp(each - most), 0));
}

describe("defensive sampler", () => {
  it("has the ratio that was published for a mixture of two, and one that is linear in the copies, however they are shifted", () => {
    const { mostLogRatio } = defensiveSampler({ share, variance: 1.5 }, standardizedMix(1), delta);
    expect(mostLogRatio).toBeCloseTo(10.35, 2);
    const product = createLaw({
      of: { kind: "product", dimension: 3, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
      affine: { shift: Float64Array.of(0, 0.2, -0.4), scale: Math.sqrt(0.84) },
    });
    const shifted = [0, 0.2, -0.4].map((shift) =>
      createLaw({
        of: { kind: "product", dimension: 1, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
        affine: { shift: Float64Array.of(shift), scale: Math.sqrt(0.84) },
      }),
    );
    const ratioOf = (law: typeof product) =>
      defensiveSampler({ share, variance: 1.5 }, law, delta).mostLogRatio + Math.log(share);
    expect(ratioOf(product)).toBeCloseTo(
      shifted.reduce((sum, law) => sum + ratioOf(law), 0),
      5,
    );
  });

  it("is nowhere smaller than the law by more than its ratio says, and by no less than a quarter nat somewhere", () => {
    const component = fc.record({
      mean: fc.double({ min: -4, max: 4, noNaN: true }),
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
      variance: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(component, { minLength: 1, maxLength: 4 }),
        fc.option(fc.double({ min: 1.1, max: 9, noNaN: true }), { nil: undefined }),
        (parts, variance) => {
          const total = parts.reduce((sum, { weight }) => sum + weight, 0);
          const law = requireDensity(
            mixtureTarget("mixture", {
              dimension: 1,
              means: Float32Array.from(parts, ({ mean }) => mean),
              weights: parts.map(({ weight }) => weight / total),
              variances: parts.map((part) => part.variance),
            }),
          );
          const found = defensiveSampler({ share, variance }, law, delta);
          // In float64, of the means in float32 that a target has: densities of the kernels round 130 nats to 1e-5, far out where the ratio is largest.
          const logDensity = (x: number) =>
            logSum(
              parts.map(({ mean, weight, variance: own }) => {
                const noised = delta.alpha ** 2 * own + delta.sigma ** 2;
                return Math.log(weight / total) + logNormal(x, delta.alpha * Math.fround(mean), noised);
              }),
            );
          const ratios = Array.from({ length: 4001 }, (_, i) => {
            const x = (i - 2000) / 40;
            return logDensity(x) - logNormal(x, 0, found.variance) - Math.log(share);
          });
          const most = ratios.reduce((a, b) => Math.max(a, b));
          expect(most).toBeLessThan(found.mostLogRatio + 1e-9);
          if (parts.length === 1) expect(most).toBeGreaterThan(found.mostLogRatio - 0.25);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is a bound to the last digits of float64, at delta and of a law that is mapped", () => {
    const mean = 0.7;
    // One component: the ratio is largest at a known point, and the bound is met there.
    const largest = (center: number, own: number, variance: number) =>
      0.5 * Math.log(variance / own) + center ** 2 / (2 * (variance - own)) - Math.log(share);
    const product = { kind: "product", dimension: 2, means: [mean], weights: [1], variances: [0.09] } as const;
    const [shifts, scale] = [[0.1, 0.3], 0.917];
    const law = createLaw({ of: product, affine: { shift: Float64Array.from(shifts), scale } });
    const { alpha, sigma } = delta;
    const own = (alpha * alpha * 0.09) / scale ** 2 + sigma * sigma;
    // The image of the copies' common shift is again a mixture in float32; what is left is a map in float64.
    const common = Math.fround((Math.fround(mean) - 0.2) / scale);
    const most = shifts.reduce(
      (sum, shift) => sum + largest(alpha * (common - (shift - 0.2) / scale), own, 0.2) + Math.log(share),
      -Math.log(share),
    );
    const found = defensiveSampler({ share, variance: 0.2 }, law, delta).mostLogRatio;
    expect(Math.abs(found - most)).toBeLessThan(1e-9);
  });

  it("has by default the variance of about the least ratio", () => {
    const law = standardizedMix(1);
    const { mostLogRatio } = defensiveSampler({ share }, law, delta);
    for (const variance of [0.3, 0.6, 1, 1.5, 2, 4])
      expect(mostLogRatio, String(variance)).toBeLessThan(
        defensiveSampler({ share, variance }, law, delta).mostLogRatio + 0.15,
      );
  });

  it("is refused for laws of another form, a variance that some component exceeds, and a share that is none", () => {
    const normal = {
      kind: "normal",
      mean: Float64Array.of(0),
      variances: Float64Array.of(1),
      axes: Float32Array.of(1),
    } as const;
    const of = (options: { share: number; variance?: number }, law: Target = standardizedMix(1)) =>
      expect(() => defensiveSampler(options, law, delta));
    of({ share }, createLaw({ of: normal })).toThrow(
      /no defensive sampler for a Gaussian: it is not known as independent mixtures/,
    );
    of({ share, variance: 0.1 }).toThrow(/defensive.variance must exceed the variance of every component.*0.107/);
    for (const wrong of [0, 1, Number.NaN]) of({ share: wrong }).toThrow(/defensive.share must lie in \(0, 1\)/);
  });
});

describe("defensive end", () => {
  /** KL(N(0, 1/4) || (1 - share) N(shift, variance) + share N(0, 1)), and the variance of the log ratio whose mean it is. */
  const exact = (shift: number, variance: number) => {
    const h = 1e-3;
    let [sum, squares] = [0, 0];
    for (let x = -5; x <= 5; x += h) {
      const law = logNormal(x, 0, 0.25);
      const other = (1 - share) * Math.exp(logNormal(x, shift, variance)) + share * Math.exp(logNormal(x, 0, 1));
      const ratio = law - Math.log(other);
      sum += h * Math.exp(law) * ratio;
      squares += h * Math.exp(law) * ratio * ratio;
    }
    return { kl: sum, spread: squares - sum * sum };
  };

  it("misses KL no more than once in a hundred times, also where a few rows carry it, and is near it", () => {
    const [seeds, rows, pilot] = [300, 512, 64];
    const target = mixtureTarget("gaussian", {
      dimension: 1,
      means: Float32Array.of(0),
      weights: [1],
      variances: [0.25],
    });
    const level = { ...delta, alpha: 1, sigma: 0 };
    const sampler = defensiveSampler({ share, variance: 1 }, target, level);
    for (const [shift, variance] of [
      [0.1, 0.25],
      [0, 0.02],
      [1, 0.05],
    ]) {
      const { kl, spread } = exact(shift, variance);
      let [missed, excess] = [0, 0];
      for (let seed = 1; seed <= seeds; seed++) {
        const x = normals(engine, rows, { seed, purpose: Purpose.probe }).map((z) => 0.5 * z);
        const logDensity = Float64Array.from(x, (value) => logNormal(value, 0, 0.25));
        const law = {
          u: logDensity.map((value, row) => value - logNormal(x[row], shift, variance)),
          factors: new Float64Array(rows).fill(1),
          logDensity,
          square: Float64Array.from(x, (value) => value * value),
        };
        const { high } = defensiveEnd(law, sampler, 1, { pilot, confidence: 0.95, mostFactor: 1 });
        if (high < kl) missed++;
        excess += (high - kl) / seeds;
      }
      expect(missed, `${shift}, ${variance}`).toBeLessThanOrEqual(seeds / 100);
      // What the best bet would come to, had the pilot known mean and variance.
      const { end } = bestBet(sampler.mostLogRatio - kl, spread, 0, rows - pilot, 0.95);
      const promised = sampler.mostLogRatio - end - kl;
      expect(excess, `${shift}, ${variance}`).toBeLessThan(1.25 * promised);
      expect(excess, `${shift}, ${variance}`).toBeGreaterThan(0.8 * promised);
    }
  });

  it("is about the law also where three rows in four are drawn from a half of it", () => {
    const [rows, pilot, shift] = [4096, 512, 0.5];
    const law = mixtureTarget("half", { dimension: 1, means: Float32Array.of(0), weights: [1], variances: [0.25] });
    const sampler = defensiveSampler({ share, variance: 1 }, law, { ...delta, alpha: 1, sigma: 0 });
    const z = normals(engine, rows, { seed: 1, purpose: Purpose.probe });
    const x = z.map((value, row) => 0.5 * Math.abs(value) * (row % 4 === 0 ? -1 : 1));
    const logDensity = Float64Array.from(x, (value) => logNormal(value, 0, 0.25));
    const drawn = {
      u: logDensity.map((value, row) => value - logNormal(x[row], shift, 0.25)),
      factors: Float64Array.from(x, (value) => (value < 0 ? 2 : 2 / 3)),
      logDensity,
      square: Float64Array.from(x, (value) => value * value),
    };
    const { high, estimate } = defensiveEnd(drawn, sampler, 1, { pilot, confidence: 0.95, mostFactor: 2 });
    const { kl, spread } = exact(shift, 0.25);
    // Counted alike, rows would say 0.1 in place of 0.5; factors of at most 2 at most double the spread of U.
    expect(Math.abs(estimate - kl)).toBeLessThan(3 * Math.sqrt((2 * spread) / (rows - pilot)));
    expect(high).toBeGreaterThan(kl);
  });

  it("lies where it was measured elsewhere for a mixture of two, and is a number of its own beside the interval", async () => {
    const target = standardizedMix(1);
    const { denoiser } = requireExact(target);
    const problem = { schedule, grid, sampler: samplers.ancestral, target, denoiser, seed: 3 };
    const options = { rows: 2240, k: 8, proposal: "tilted" } as const;
    const { defensive, ...plain } = await intervalHere(engine, problem, {
      ...options,
      defensive: { share, variance: 1.5 },
    });
    expect(defensive).toMatchObject({ share, variance: 1.5, rows: 1984, confidence: 0.95 });
    if (!defensive) throw new Error("it was asked for");
    expect(defensive.high).toBeGreaterThan(0.056522);
    expect(defensive.high - defensive.estimate).toBeGreaterThan(0.035);
    expect(defensive.high - defensive.estimate).toBeLessThan(0.056);
    expect(defensive.about).toMatch(/draws from N\(0, 1.500 I\) with probability 0.0001 .* in total variation/);
    expect(await intervalHere(engine, problem, options)).toEqual(plain);
  });
});
