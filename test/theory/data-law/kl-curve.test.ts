import { beforeAll, describe, expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { levelAt } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { lawKlCurve } from "../../../src/theory/data-law/kl-curve.js";
import { variationalBound } from "../../../src/theory/variational.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { mixtureOf } from "../../support/hostile-laws.js";
import { klToGaussian, noised, numbersOf, randomMixture, rowsOfMixture } from "../../support/line-laws.js";

let engine: Engine;
let pool: InThreadPool;
beforeAll(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

const schedule = createSchedule({ kind: "ou", tMin: 0.02, tMax: 4 });
const grid = createGrid({ kind: "uniform-log-snr", steps: 16 }, schedule);
const levels = Array.from(grid.times, (t) => levelAt(schedule, t));

/** A network that takes the data for N(mean, variance): the sampler's law is a Gaussian after each step. */
function gaussianDenoiser(mean: number, variance: number) {
  const denoiser = mixtureOf("believed", { means: [mean], weights: [1], variances: [variance] }).law;
  return { denoiser, law: gaussianLaw({ schedule, grid, sampler: samplers.ancestral, mean, variance }) };
}

describe("KL of a data law from rows", () => {
  it("is above the KL of the sampler's own law at all points at once, in hundreds of random cases", async () => {
    let below = 0;
    const cases = 200;
    for (let seed = 0; seed < cases; seed++) {
      const next = numbersOf(seed);
      const data = randomMixture(next);
      const { denoiser, law } = gaussianDenoiser(2 * next() - 1, 0.2 + next());
      const heldOut = { points: rowsOfMixture(engine, data, Math.floor(30 * 20 ** next()), seed), dimension: 1 };
      const { points } = await lawKlCurve(
        pool,
        { schedule, grid, heldOut, denoiser, seed },
        { confidence: 0.5, points: 3, draws: 64 },
      );
      const falls = points.some(({ steps, upper }) => {
        const { alpha, sigma } = levels[steps];
        return upper < klToGaussian(noised(data, alpha, sigma), law.mean[steps], law.variance[steps]);
      });
      if (falls) below++;
    }
    expect(below).toBeLessThanOrEqual(cases / 20);
  }, 60_000);

  it("comes near the truth where the noise leaves less information than log n", async () => {
    const data = { means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] };
    const { denoiser, law } = gaussianDenoiser(0, 0.84);
    const heldOut = { points: rowsOfMixture(engine, data, 5000, 3), dimension: 1 };
    const curve = await lawKlCurve(pool, { schedule, grid, heldOut, denoiser, seed: 3 }, { points: 4 });
    expect(curve.points).toHaveLength(4);
    expect(curve.rows).toEqual({ coded: 5000, entropy: 5000 });
    for (const { steps, upper, crossEntropy, entropy, crossEntropyUpper, entropyLower, noise } of curve.points) {
      const { alpha, sigma } = levels[steps];
      const kl = klToGaussian(noised(data, alpha, sigma), law.mean[steps], law.variance[steps]);
      expect(noise).toBeCloseTo(sigma / alpha, 12);
      expect(upper).toBeCloseTo(crossEntropyUpper - entropyLower, 9);
      expect(upper).toBeGreaterThan(kl);
      // 12 nats of ceiling times the log of the error, over the rows, and McDiarmid's deviation.
      expect(upper - (crossEntropy - entropy)).toBeLessThan(0.6);
      // The path KL costs what discretization costs on 16 steps.
      expect(crossEntropy - entropy - kl).toBeLessThan(0.6);
    }
    expect(curve.points.at(-1)?.steps).toBe(16);
  });

  it("ends at the variational bound of the whole grid", async () => {
    const heldOut = {
      points: rowsOfMixture(engine, { means: [0], weights: [1], variances: [1] }, 300, 3),
      dimension: 1,
    };
    const { denoiser } = gaussianDenoiser(0.1, 0.8);
    const request = { schedule, grid, heldOut, denoiser, seed: 3 };
    const [last] = (await lawKlCurve(pool, request, { points: 1, confidence: 0.9 })).points;
    const bound = await variationalBound(pool, request, { confidence: 0.95 });
    expect(last.crossEntropy).toBeCloseTo(bound.value ?? Number.NaN, 9);
    expect(last.crossEntropyUpper).toBeCloseTo(bound.upper ?? Number.NaN, 9);
    const wide = {
      ...request,
      grid: { ...grid, errors: new Float64Array(16).fill(0.3) },
      sampler: "analytic" as const,
    };
    const analytic = await lawKlCurve(pool, wide, { points: 1, confidence: 0.9 });
    expect(analytic.sampler).toBe("analytic");
    const other = await variationalBound(pool, wide, { confidence: 0.95 });
    expect(analytic.points[0].crossEntropyUpper).toBeCloseTo(other.upper ?? Number.NaN, 9);
    expect(other.upper).not.toBe(bound.upper);
    await expect(lawKlCurve(pool, { ...request, sampler: "analytic" })).rejects.toThrow(/grid.errors must be given/);
  });

  it("takes more rows for the entropy, tells how far it is and names what is wrong", async () => {
    const { denoiser } = gaussianDenoiser(0, 1);
    const points = rowsOfMixture(engine, { means: [0], weights: [1], variances: [1] }, 400, 3);
    const heldOut = { points: points.subarray(0, 100), dimension: 1 };
    const request = { schedule, grid, heldOut, denoiser, seed: 3 };
    const seen: number[] = [];
    const few = await lawKlCurve(pool, request, { draws: 400 });
    const more = await lawKlCurve(
      pool,
      { ...request, entropyRows: { points, dimension: 1 } },
      { draws: 400, rows: 50, onAdvance: (done, of) => seen.push(done / of) },
    );
    expect(more.rows).toEqual({ coded: 50, entropy: 400 });
    expect(more.points.at(-1)?.information).toBeGreaterThan(few.points.at(-1)?.information ?? Number.NaN);
    expect(seen.at(-1)).toBe(1);
    await expect(lawKlCurve(pool, request, { points: 0 })).rejects.toThrow(/points must be/);
    await expect(lawKlCurve(pool, request, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});
