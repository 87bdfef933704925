import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/kernels/index.js";
import { nearestNeighbourKl } from "../../../src/theory/measured/nearest-neighbour-kl.js";
import { nearestNeighbours } from "../../../src/theory/measured/neighbours.js";
import { binomialLimits } from "../../support/binomial.js";
import { describeEnginesThoroughly, simdEngine } from "../../support/engines.js";
import { gaussianSample, hashedSample } from "../../support/samples.js";
import { tries } from "../../support/thorough.js";

// Golden numbers: /usr/bin/python3 -I, numpy 1.24.2, of
//   import numpy as np
//   def sample(n, d, s): i, j = np.indices((n, d)); return (((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007 * (1 + j % 3) + s * 0.1 * (j == 0)).astype(np.float32).astype(float)
//   dist = lambda x, y: np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))
//   for n, m, d in ((60, 45, 1), (60, 45, 3), (300, 260, 8), (60, 45, 40)):
//       a, b = sample(n, d, 1), sample(m, d, 2)
//       print(d * np.log(np.sort(dist(a, b), 1)[:, 4] / np.sort(dist(a, a), 1)[:, 5]).mean() + np.log(m / (n - 1)))
const golden = [
  [60, 45, 1, 0.016571475891815624],
  [60, 45, 3, -0.014823595165911418],
  [300, 260, 8, -0.05654631451440062],
  [60, 45, 40, -0.2882237096776049],
] as const;

describeEnginesThoroughly("KL by nearest neighbours against numpy", (engineOf) => {
  it.each(golden)("n = %i, m = %i, d = %i", (n, m, d, kl) => {
    const { value } = nearestNeighbourKl.evaluate(engineOf(), hashedSample(n, d, 1), hashedSample(m, d, 2), d, {
      seed: 1,
    });
    // Float32 distances by inner products from 24 dimensions on: some 1e-6 relative, times d / 2.
    expect(Math.abs(value - kl)).toBeLessThan(d < 24 ? 2e-5 : 1e-3);
  });

  it("finds the neighbours that sorting all distances finds, over block borders", () => {
    const [n, m, d, kept] = [300, 1100, 2, 7];
    const x = gaussianSample(engineOf(), n + m, d, 4);
    const { own, other } = nearestNeighbours(engineOf(), x, d, n, kept);
    const square = (i: number, j: number) => (x[2 * i] - x[2 * j]) ** 2 + (x[2 * i + 1] - x[2 * j + 1]) ** 2;
    for (const [found, first, end] of [
      [own, 0, n],
      [other, n, n + m],
    ] as const) {
      for (let query = 0; query < n; query += 23) {
        const all = Array.from({ length: end - first }, (_, j) => j).filter((j) => first + j !== query);
        all.sort((i, j) => square(query, first + i) - square(query, first + j));
        expect([...found.rows.subarray(query * kept, (query + 1) * kept)]).toEqual(all.slice(0, kept));
        expect(found.squares[query * kept]).toBeCloseTo(square(query, first + all[0]), 5);
      }
    }
  });
});

describe("KL by nearest neighbours", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await simdEngine();
  });
  const klOf = (d: number, shift: number, scale: number) =>
    0.5 * shift * shift + 0.5 * d * (scale * scale - 1 - 2 * Math.log(scale));

  /** Seeds whose interval holds the true KL. */
  function covered(seeds: number, d: number, shift: number, scale: number): number {
    let inside = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const a = gaussianSample(engine, 250, d, 2 * seed, { shift, scale });
      const b = gaussianSample(engine, 250, d, 2 * seed + 1);
      const { low, high } = nearestNeighbourKl.evaluate(engine, a, b, d, { seed });
      if (low <= klOf(d, shift, scale) && klOf(d, shift, scale) <= high) inside++;
    }
    return inside;
  }

  it.each([
    [1, 0, 1],
    [1, 0.7, 1],
    [2, 0.5, 0.8],
    [3, 0.5, 1],
  ])("has the KL of Gaussians in its interval as often as it says: d = %i, shift %f, scale %f", (d, shift, scale) => {
    const seeds = tries(60, 200);
    const [least, most] = binomialLimits(seeds, 0.95, 0.01);
    const held = covered(seeds, d, shift, scale);
    expect(held).toBeGreaterThanOrEqual(least);
    // Of equal laws the halves vary more than the whole does: the interval is on the safe side there.
    if (shift !== 0) expect(held).toBeLessThanOrEqual(most);
  });

  it("is no certificate: where the first law reaches farther than the second, its bias in five dimensions beats its interval", () => {
    expect(covered(20, 5, 0, 1.3)).toBeLessThan(5);
  });

  it("converges", () => {
    const error = (rows: number) => {
      const a = gaussianSample(engine, rows, 2, 1, { shift: 1 });
      const { value } = nearestNeighbourKl.evaluate(engine, a, gaussianSample(engine, rows, 2, 2), 2, { seed: 1 });
      return Math.abs(value - 0.5);
    };
    expect(error(5000)).toBeLessThan(0.07);
    expect(error(5000)).toBeLessThan(error(100));
  });

  it("calls itself an estimate, and repeats itself for a seed", () => {
    const [a, b] = [gaussianSample(engine, 200, 2, 1), gaussianSample(engine, 150, 2, 2)];
    expect(nearestNeighbourKl.title).toMatch(/estimate/);
    expect(nearestNeighbourKl.evaluate(engine, a, b, 2, { seed: 3 })).toEqual(
      nearestNeighbourKl.evaluate(engine, a, b, 2, { seed: 3 }),
    );
    expect(nearestNeighbourKl.evaluate(engine, a, b, 2, { seed: 3 }).details).toEqual({
      rowsA: 200,
      rowsB: 150,
      neighbours: 5,
    });
  });

  it("refuses laws with atoms and samples that are too small", () => {
    const b = gaussianSample(engine, 40, 1, 2);
    expect(() => nearestNeighbourKl.evaluate(engine, new Float32Array(40), b, 1, { seed: 1 })).toThrow(
      /row 0 of a coincides with 5 other rows: KL by nearest neighbours needs laws with densities/,
    );
    expect(() => nearestNeighbourKl.evaluate(engine, b.subarray(0, 19), b, 1, { seed: 1 })).toThrow(
      /at least 20 rows each, got 19/,
    );
  });
});
