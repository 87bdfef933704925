import { describe, expect, it } from "vitest";
import { type DivergenceName, divergences } from "../../src/divergence/index.js";
import type { Engine } from "../../src/kernels/index.js";
import { binomialLimits } from "../support/binomial.js";
import { describeEnginesThoroughly, engines, simdEngine } from "../support/engines.js";
import { gaussianSample, hashedSample } from "../support/samples.js";
import { tries } from "../support/thorough.js";

const names = Object.keys(divergences) as DivergenceName[];
const evaluate = (name: DivergenceName, engine: Engine, a: Float32Array, b: Float32Array, d: number, seed = 1) =>
  divergences[name].evaluate(engine, a, b, d, { seed });

// Golden numbers: /usr/bin/python3 -I, numpy 1.24.2, of
//   import numpy as np
//   def sample(n, d, s): i, j = np.indices((n, d)); return (((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007 * (1 + j % 3) + s * 0.1 * (j == 0)).astype(np.float32).astype(float)
//   dist = lambda x, y: np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))
//   def run(n, m, d):
//       a, b = sample(n, d, 1), sample(m, d, 2)
//       aa, bb, ab = dist(a, a), dist(b, b), dist(a, b)
//       u = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))
//       p = np.vstack([a, b]); pd = np.sort(dist(p, p)[np.triu_indices(n + m, 1)]); h = pd[len(pd) // 2]
//       k = lambda x: np.exp(-x**2 / (2 * h * h))
//       A, B = np.atleast_2d(np.cov(a.T)), np.atleast_2d(np.cov(b.T))
//       tr = np.sqrt(np.maximum(0, np.linalg.eigvals(A @ B).real)).sum()
//       fr = np.sqrt(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A) + np.trace(B) - 2 * tr)
//       g = np.random.default_rng(0).standard_normal((20000 if d > 1 else 1, d)); g /= np.linalg.norm(g, axis=1)[:, None]
//       x, y = np.sort((a - a.mean(0)) @ g.T, 0), np.sort((b - b.mean(0)) @ g.T, 0)
//       w = ((np.repeat(x, np.lcm(n, m) // n, 0) - np.repeat(y, np.lcm(n, m) // m, 0)) ** 2).mean(0)
//       sw = np.sqrt(((a.mean(0) - b.mean(0)) ** 2).sum() / d + w.mean())
//       print(2 * ab.mean() - u(aa) - u(bb), u(k(aa)) + u(k(bb)) - 2 * k(ab).mean(), h, fr, sw, w.std())
const golden = [
  {
    n: 60,
    m: 45,
    d: 1,
    energy: 0.004733329892485039,
    mmd: 0.0008707339410833903,
    h: 0.2951933741569519,
    frechet: 0.09491439682367006,
    sw: 0.09591718060858252,
    sd: 0,
  },
  {
    n: 60,
    m: 45,
    d: 3,
    energy: -0.019826697165964857,
    mmd: -0.0076972595840083535,
    h: 1.5894732862784586,
    frechet: 0.1638101859683673,
    sw: 0.13268935674826274,
    sd: 0.00887334519254321,
  },
  {
    n: 60,
    m: 45,
    d: 40,
    energy: -0.12044486254423337,
    mmd: -0.011006253675102995,
    h: 5.522912434191538,
    frechet: 1.5868387656814598,
    sw: 0.13511674920796643,
    sd: 0.008078674871093061,
  },
  {
    n: 30,
    m: 25,
    d: 40,
    energy: -0.22723307579656282,
    mmd: -0.020647349354362632,
    h: 5.5358255842678705,
    frechet: 1.8831828704575413,
    sw: 0.1775989078309349,
    sd: 0.014406300574631062,
  },
];

describeEnginesThoroughly("divergences against numpy", (engineOf) => {
  for (const { n, m, d, ...expected } of golden) {
    const [a, b] = [hashedSample(n, d, 1), hashedSample(m, d, 2)];
    it(`n = ${n}, m = ${m}, d = ${d}`, () => {
      const engine = engineOf();
      // Kernel and distance values are float32, about 1e-6 relative to distances below 7; their means are float64.
      expect(evaluate("energyDistance", engine, a, b, d).value).toBeCloseTo(expected.energy, 5);
      const mmd = evaluate("mmd", engine, a, b, d);
      expect(mmd.details.bandwidth).toBeCloseTo(expected.h, 5);
      expect(mmd.value).toBeCloseTo(expected.mmd, 6);
      expect(evaluate("frechet", engine, a, b, d).value).toBeCloseTo(expected.frechet, 5);
      // Mean of the squares over 256 random directions: 5 standard errors of independent ones (orthogonal ones do better), and of the golden 20000.
      const sliced = evaluate("slicedWasserstein2", engine, a, b, d).value ** 2;
      const error = 5 * expected.sd * (1 / Math.sqrt(256) + 1 / Math.sqrt(20000));
      expect(Math.abs(sliced - expected.sw ** 2)).toBeLessThan(error + 1e-6);
    });
  }
});

describeEnginesThoroughly("every divergence", (engineOf) => {
  it.each(names)("%s is symmetric, 0 on equal samples, and repeats with its seed", (name) => {
    const engine = engineOf();
    for (const d of [1, 3, 30]) {
      const a = gaussianSample(engine, 150, d, 1);
      const b = gaussianSample(engine, 130, d, 2, { shift: 1, scale: 1.5 });
      const there = evaluate(name, engine, a, b, d);
      expect(evaluate(name, engine, b, a, d).value).toBeCloseTo(there.value, 5);
      expect(evaluate(name, engine, a, b, d)).toEqual(there);
      expect(there.low).toBeLessThan(there.value);
      expect(there.high).toBeGreaterThan(there.value);
      const same = evaluate(name, engine, a, a, d).value;
      if (name === "slicedWasserstein2" || name === "frechet") {
        // Roots of float64 rounding on variances of d.
        expect(same).toBeLessThan(1e-5);
      } else {
        // The unbiased mean over pairs leaves out 150 of 150^2, so equal samples fall short by that part of twice the mean.
        const gap = name === "mmd" ? 2 / 150 : (2 * Math.sqrt(2 * d) * 1.1) / 150;
        expect(same).toBeLessThan(0);
        expect(same).toBeGreaterThan(-gap);
      }
    }
  });

  it.each(names)("%s takes a seeded subsample of large samples", (name) => {
    const engine = engineOf();
    const rows = divergences[name].maxRows + 100;
    const a = gaussianSample(engine, rows, 1, 1);
    const b = gaussianSample(engine, rows, 1, 2, { shift: 2 });
    const { details, value } = evaluate(name, engine, a, b, 1);
    expect(details.rowsA).toBe(divergences[name].maxRows);
    expect(details.rowsB).toBe(divergences[name].maxRows);
    expect(evaluate(name, engine, a, b, 1, 2).value).not.toBe(value);
  });

  it.each(names)("%s names the row of a NaN and refuses ragged or short samples", (name) => {
    const good = hashedSample(10, 3, 1);
    const bad = hashedSample(10, 3, 2);
    bad[3 * 7 + 1] = Number.NaN;
    expect(() => evaluate(name, engineOf(), good, bad, 3)).toThrow("b: row 7, column 1 is NaN; samples must be finite");
    bad[3 * 7 + 1] = Number.NEGATIVE_INFINITY;
    expect(() => evaluate(name, engineOf(), bad, good, 3)).toThrow(
      "a: row 7, column 1 is -Infinity; samples must be finite",
    );
    expect(() => evaluate(name, engineOf(), good.subarray(1), good, 3)).toThrow(
      "a must hold at least 2 rows of 3 values, got 29",
    );
    expect(() => evaluate(name, engineOf(), good, good.subarray(0, 3), 3)).toThrow(
      "b must hold at least 2 rows of 3 values, got 3",
    );
    expect(() => evaluate(name, engineOf(), good, good, 0)).toThrow("dimension must be an integer >= 1, got 0");
  });

  it.each(names)("%s lives with two rows, constant samples and one constant sample", (name) => {
    const engine = engineOf();
    const constant = new Float32Array(8).fill(3);
    expect(evaluate(name, engine, constant, constant, 2)).toMatchObject({ value: 0, low: 0, high: 0 });
    const other = evaluate(name, engine, constant, hashedSample(6, 2, 1), 2);
    expect(Object.values([other.value, other.low, other.high]).every(Number.isFinite)).toBe(true);
    expect(other.value).toBeGreaterThan(0);
    const two = evaluate(name, engine, Float32Array.of(0, 1), Float32Array.of(10, 11), 1);
    expect(two.value).toBeGreaterThan(0);
    expect(Number.isFinite(two.low + two.high)).toBe(true);
  });
});

describe("parity of the two builds", () => {
  it.each(names)("%s", async (name) => {
    const built = await engines();
    for (const d of [2, 40]) {
      const [strict, ...others] = built.map((engine) =>
        evaluate(name, engine, hashedSample(100, d, 1), hashedSample(90, d, 2), d),
      );
      for (const other of others) {
        expect(other.value).toBeCloseTo(strict.value, 5);
        expect(other.low).toBeCloseTo(strict.low, 4);
        expect(other.high).toBeCloseTo(strict.high, 4);
      }
    }
  });
});

describe("intervals", () => {
  const d = 3;
  const [shift, scale] = [1, 1.25];
  /** E|N((nu, 0, 0), s^2 I)| in three dimensions. */
  const meanNorm = (nu: number, s: number) =>
    nu === 0
      ? 2 * s * Math.sqrt(2 / Math.PI)
      : s * Math.sqrt(2 / Math.PI) * Math.exp(-(nu ** 2) / (2 * s ** 2)) +
        (nu + s ** 2 / nu) * erf(nu / (s * Math.SQRT2));
  /** E exp(-|N((nu, 0, 0), variance I)|^2 / (2 h^2)). */
  const meanKernel = (nu: number, variance: number, h: number) =>
    (h ** 2 / (h ** 2 + variance)) ** (d / 2) * Math.exp(-(nu ** 2) / (2 * (h ** 2 + variance)));
  const truth: Record<DivergenceName, (bandwidth: number) => number> = {
    slicedWasserstein2: () => Math.sqrt(shift ** 2 / d + (scale - 1) ** 2),
    frechet: () => Math.sqrt(shift ** 2 + d * (scale - 1) ** 2),
    energyDistance: () =>
      2 * meanNorm(shift, Math.sqrt(1 + scale ** 2)) - meanNorm(0, Math.SQRT2) - meanNorm(0, scale * Math.SQRT2),
    mmd: (h) => meanKernel(0, 2, h) + meanKernel(0, 2 * scale ** 2, h) - 2 * meanKernel(shift, 1 + scale ** 2, h),
  };

  const seeds = tries(60, 200);

  it.each(names)("%s: 19 in 20 hold the value of the two laws", async (name) => {
    const engine = await simdEngine();
    let held = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const a = gaussianSample(engine, 250, d, 2 * seed);
      const b = gaussianSample(engine, 200, d, 2 * seed + 1, { shift, scale });
      const { low, high, details } = evaluate(name, engine, a, b, d, seed);
      const value = truth[name](details.bandwidth);
      if (low <= value && value <= high) held++;
    }
    const [least, most] = binomialLimits(seeds, 0.95, 0.02);
    expect(held).toBeGreaterThanOrEqual(least);
    expect(held).toBeLessThanOrEqual(most);
  });

  it.each(["mmd", "energyDistance"] as const)(
    "%s: of equal laws at least 19 in 20 hold 0, and values fall on both sides",
    async (name) => {
      const engine = await simdEngine();
      let [held, negative] = [0, 0];
      for (let seed = 0; seed < seeds; seed++) {
        const [a, b] = [0, 1].map((k) => gaussianSample(engine, 100, d, 2 * seed + k));
        const { value, low, high } = evaluate(name, engine, a, b, d, seed);
        if (low <= 0 && 0 <= high) held++;
        if (value < 0) negative++;
      }
      // Where the kernel is degenerate, as it is for equal laws, the bootstrap is on the safe side: the docs promise at least 95 %.
      expect(held).toBeGreaterThanOrEqual(binomialLimits(seeds, 0.95, 0.02)[0]);
      expect(negative).toBeGreaterThan(0.3 * seeds);
      expect(negative).toBeLessThan(0.8 * seeds);
    },
  );
});

/** Maclaurin series, for |x| < 3. */
function erf(x: number): number {
  let [sum, term] = [0, x];
  for (let n = 0; n < 100; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
