import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/kernels/index.js";
import { totalVariationLowerBound } from "../../../src/theory/data-law/total-variation.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { numbersOf, randomMixture, rowsOfMixture, totalVariation } from "../../support/line-laws.js";
import { gaussianSample } from "../../support/samples.js";

let engine: Engine;
let pool: InThreadPool;
beforeAll(async () => {
  engine = await simdEngine();
  pool = new InThreadPool(engine);
});

describe("total variation from below", () => {
  it("holds in hundreds of random cases", async () => {
    const cases = 300;
    let [above, told] = [0, 0];
    for (let seed = 0; seed < cases; seed++) {
      const next = numbersOf(seed);
      const p = randomMixture(next);
      const q = next() < 0.3 ? p : randomMixture(next);
      const [n, m] = [Math.floor(20 * 20 ** next()), Math.floor(20 * 20 ** next())];
      const data = rowsOfMixture(engine, p, n, 2 * seed);
      const samples = rowsOfMixture(engine, q, m, 2 * seed + 1);
      const { value } = await totalVariationLowerBound(
        pool,
        { data, samples, dimension: 1, seed },
        { confidence: 0.7 },
      );
      if (value > totalVariation(p, q)) above++;
      if (value > 0) told++;
    }
    // 300 draws at 30 % exceed 115 with probability 0.001.
    expect(above).toBeLessThanOrEqual(115);
    expect(told).toBeGreaterThan(cases / 4);
  }, 60_000);

  it("tells equal laws apart in at most 1 of 20 seeds", { tags: ["slow"] }, async () => {
    let told = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [data, samples] = [
        gaussianSample(engine, 2000, 2, 2 * seed),
        gaussianSample(engine, 2000, 2, 2 * seed + 1),
      ];
      const { value } = await totalVariationLowerBound(pool, { data, samples, dimension: 2, seed });
      if (value > 0) told++;
    }
    // 40 draws at 5 % exceed 7 with probability 0.001.
    expect(told).toBeLessThanOrEqual(7);
  });

  it("comes near the truth with many rows", async () => {
    const p = { means: [0], weights: [1], variances: [1] };
    const q = { means: [1], weights: [1], variances: [1] };
    const request = {
      data: rowsOfMixture(engine, p, 20_000, 1),
      samples: rowsOfMixture(engine, q, 20_000, 2),
      dimension: 1,
      seed: 3,
    };
    const truth = totalVariation(p, q);
    // 2 Phi(1/2) - 1.
    expect(truth).toBeCloseTo(0.38292, 4);
    const found = await totalVariationLowerBound(pool, request);
    expect(found.value).toBeGreaterThan(truth - 0.05);
    expect(found.value).toBeLessThan(truth);
    expect(found.estimate).toBeGreaterThan(found.value);
    expect(found.rows).toEqual({ choice: 20_000, evaluation: 20_000 });
    expect(await totalVariationLowerBound(pool, request)).toEqual(found);
  });

  it("is of the better of its classifiers, and nearly 1 for laws that never meet", async () => {
    const wide = gaussianSample(engine, 4000, 16, 1, { scale: 1.3 });
    const found = await totalVariationLowerBound(pool, {
      data: wide,
      samples: gaussianSample(engine, 4000, 16, 2),
      dimension: 16,
      seed: 1,
    });
    expect(found.method).toMatch(/Gaussian/);
    expect(found.value).toBeGreaterThan(0.4);
    const far = gaussianSample(engine, 4000, 2, 1, { shift: 100 });
    const apart = { data: far, samples: gaussianSample(engine, 4000, 2, 2), dimension: 2, seed: 1 };
    const { value } = await totalVariationLowerBound(pool, apart);
    expect(value).toBeGreaterThan(0.99);
    expect(value).toBeLessThanOrEqual(1);
  });

  it("tells how far it is, stops when it is told to, and names what is wrong", async () => {
    const data = gaussianSample(engine, 100, 2, 1);
    const request = { data, samples: data, dimension: 2, seed: 1 };
    const seen: number[] = [];
    await totalVariationLowerBound(pool, request, { onAdvance: (done, of) => seen.push(done / of) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    await expect(totalVariationLowerBound(pool, request, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    await expect(totalVariationLowerBound(pool, { ...request, data: data.subarray(0, 20) })).rejects.toThrow(
      /at least 16 rows each, got 10/,
    );
  });
});
