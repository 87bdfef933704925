import { beforeAll, describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { sample } from "../../../src/diffusion/sample.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { medianBandwidth } from "../../../src/theory/data-law/bandwidth.js";
import { mmdInterval } from "../../../src/theory/data-law/mmd-interval.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { describeEnginesThoroughly, simdEngine } from "../../support/engines.js";
import { mmdOf, numbersOf, randomMixture, rowsOfMixture } from "../../support/line-laws.js";
import { gaussianSample } from "../../support/samples.js";

let engine: Engine;
let pool: InThreadPool;
beforeAll(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

const ring8: LawSpec = { of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: Math.sqrt(8.09) } };
const drawn = (rows: number, seed: number) => createLaw(ring8).sample(engine, rows, seed).points;

/** Rows of the ancestral sampler with the exact denoiser of the ring, 20 steps evenly spaced in log snr. */
function ancestral(rows: number): Float32Array {
  const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });
  const grid = createGrid({ kind: "uniform-log-snr", steps: 20 }, schedule);
  const { denoiser } = requireExact(createLaw(ring8));
  return sample(engine, { count: rows, denoiser, schedule, grid, sampler: samplers.ancestral, seed: 5 });
}

describe("MMD of two laws from rows", () => {
  // Measured by another implementation, one pair of samples each: the upper end at 95 %, and the root of the unbiased estimate of MMD^2 with its sign.
  it.each<[string, number, number, number, number, (rows: number) => Float32Array]>([
    ["equal laws", 1000, 1000, 0.1556, 0.0052, (rows) => drawn(rows, 2)],
    ["equal laws", 1000, 10_000, 0.1102, -0.0156, (rows) => drawn(rows, 2)],
    ["equal laws", 10_000, 10_000, 0.0457, -0.0078, (rows) => drawn(rows, 2)],
    ["ancestral, N = 20", 10_000, 10_000, 0.0538, 0.0123, ancestral],
  ])(
    "upper end of ring8 against %s, n = %d, m = %d",
    async (_, n, m, expected, root, of) => {
      const request = { data: drawn(n, 1), samples: of(m), dimension: 2, bandwidth: 1, seed: 1 };
      const found = await mmdInterval(pool, request, { confidence: 0.9 });
      // V = 0.69: the biased V-statistic is the unbiased one and V / n + V / m.
      const bias = 0.69 * (1 / n + 1 / m);
      const theirs = Math.sqrt(Math.sign(root) * root * root + bias);
      expect(Math.abs(found.upper - found.estimate - (expected - theirs))).toBeLessThan(0.0015);
      // Two distances of samples, each with a deviation of about a quarter.
      expect(Math.abs(found.estimate - theirs)).toBeLessThan(3 * Math.SQRT2 * 0.25 * Math.sqrt(bias));
      expect(found.lower).toBeLessThanOrEqual(found.estimate);
    },
    60_000,
  );

  it("holds at both ends in hundreds of random cases", async () => {
    const cases = 300;
    let [above, below, told] = [0, 0, 0];
    for (let seed = 0; seed < cases; seed++) {
      const next = numbersOf(seed);
      const p = randomMixture(next);
      const q = next() < 0.3 ? p : randomMixture(next);
      const [n, m] = [Math.floor(20 * 20 ** next()), Math.floor(20 * 20 ** next())];
      const bandwidth = 0.2 + next();
      const { lower, upper } = await mmdInterval(
        pool,
        {
          data: rowsOfMixture(engine, p, n, 2 * seed),
          samples: rowsOfMixture(engine, q, m, 2 * seed + 1),
          dimension: 1,
          bandwidth,
          seed,
        },
        { confidence: 0.6 },
      );
      const truth = mmdOf(p, q, bandwidth);
      expect(lower).toBeLessThanOrEqual(upper);
      if (lower > truth) above++;
      if (upper < truth) below++;
      if (lower > 0) told++;
    }
    // 20 % each: 300 draws exceed 82 with probability 0.001. The upper end is that of the worst law.
    expect(above).toBeLessThanOrEqual(82);
    expect(below).toBeLessThanOrEqual(cases / 20);
    expect(told).toBeGreaterThan(cases / 4);
  }, 60_000);

  it("comes near the truth with many rows, from both sides", async () => {
    const p = { means: [0], weights: [1], variances: [1] };
    const q = { means: [0.7], weights: [1], variances: [1] };
    const request = {
      data: rowsOfMixture(engine, p, 6000, 1),
      samples: rowsOfMixture(engine, q, 6000, 2),
      dimension: 1,
      bandwidth: 1,
      seed: 3,
    };
    const truth = mmdOf(p, q, 1);
    const found = await mmdInterval(pool, request);
    expect(found.lower).toBeGreaterThan(truth - 0.06);
    expect(found.upper).toBeLessThan(truth + 0.07);
    expect(await mmdInterval(pool, request)).toEqual(found);
  });

  it("has no lower end for equal laws by rows that know themselves: a kernel that sees nothing but equal rows", async () => {
    const p = { means: [0], weights: [1], variances: [1] };
    const [data, samples] = [rowsOfMixture(engine, p, 2000, 1), rowsOfMixture(engine, p, 2000, 2)];
    const { lower } = await mmdInterval(pool, { data, samples, dimension: 1, bandwidth: 1e-4, seed: 1 });
    expect(lower).toBe(0);
  });

  it("has an end of at most sqrt 2, and tells laws apart that never meet", async () => {
    const [data, samples] = [gaussianSample(engine, 200, 30, 1), gaussianSample(engine, 200, 30, 2, { shift: 1e4 })];
    const found = await mmdInterval(pool, { data, samples, dimension: 30, bandwidth: 100, seed: 1 });
    expect(found.upper).toBe(Math.SQRT2);
    expect(found.lower).toBeGreaterThan(0.4);
  });

  it.each([2 ** -60, 2 ** 60])("is free of scale: rows and bandwidth times %d", async (c) => {
    const [data, samples] = [gaussianSample(engine, 50, 2, 1), gaussianSample(engine, 60, 2, 2, { shift: 1 })];
    const of = (scale: number) =>
      mmdInterval(pool, {
        data: data.map((value) => value * scale),
        samples: samples.map((value) => value * scale),
        dimension: 2,
        bandwidth: scale,
        seed: 1,
      });
    const [one, other] = [await of(1), await of(c)];
    expect([other.lower, other.upper, other.estimate]).toEqual([one.lower, one.upper, one.estimate]);
    const bandwidth = await medianBandwidth(pool, { rows: { points: data, dimension: 2 }, seed: 1 });
    const rows = { points: data.map((value) => value * c), dimension: 2 };
    expect(await medianBandwidth(pool, { rows, seed: 1 })).toBe(bandwidth * c);
    // Distances of N(0, I) in the plane are sqrt 2 times Rayleigh's, of median sqrt(2 log 2).
    expect(Math.abs(bandwidth / (Math.SQRT2 * Math.sqrt(2 * Math.LN2)) - 1)).toBeLessThan(0.25);
  });

  it("tells how far it is, stops when it is told to, and names what is wrong", async () => {
    const data = gaussianSample(engine, 300, 2, 1);
    const request = { data, samples: data, dimension: 2, bandwidth: 1, seed: 1 };
    const seen: number[] = [];
    await mmdInterval(pool, request, { onAdvance: (done, of) => seen.push(done / of) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    await expect(mmdInterval(pool, request, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    const holed = Float32Array.from(request.samples, (value, at) => (at === 3 ? Number.NaN : value));
    await expect(mmdInterval(pool, { ...request, samples: holed })).rejects.toThrow(
      /^samples: row \d, column \d is NaN/,
    );
    await expect(mmdInterval(pool, { ...request, bandwidth: 0 })).rejects.toThrow(/bandwidth must be > 0/);
    const few = data.subarray(0, 20);
    await expect(mmdInterval(pool, { ...request, data: few })).rejects.toThrow(/at least 16 rows each, got 10/);
  });
});

describeEnginesThoroughly("MMD of two laws in both builds", (engineOf) => {
  it("has nearly the same ends, by differences and by inner products", async () => {
    for (const dimension of [3, 40]) {
      const data = gaussianSample(engineOf(), 200, dimension, 1);
      const samples = gaussianSample(engineOf(), 300, dimension, 2, { shift: 2 });
      const own = new InThreadPool(engineOf());
      const request = { data, samples, dimension, bandwidth: Math.sqrt(dimension), seed: 1 };
      const { lower, upper, estimate } = await mmdInterval(own, request);
      const k = (a: Float32Array, i: number, b: Float32Array, j: number) => {
        let square = 0;
        for (let l = 0; l < dimension; l++) square += (a[i * dimension + l] - b[j * dimension + l]) ** 2;
        return Math.exp(-square / (2 * dimension));
      };
      const mean = (a: Float32Array, b: Float32Array) => {
        const [n, m] = [a.length / dimension, b.length / dimension];
        let sum = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) sum += k(a, i, b, j);
        return sum / (n * m);
      };
      const direct = Math.sqrt(mean(data, data) + mean(samples, samples) - 2 * mean(data, samples));
      expect(Math.abs(estimate - direct)).toBeLessThan(1e-5);
      expect(lower).toBeLessThan(estimate);
      expect(upper).toBeGreaterThan(estimate);
    }
  });
});
