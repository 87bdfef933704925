import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { oneOf } from "../../src/fields.js";
import { type Engine, Purpose } from "../../src/kernels/index.js";
import { normals } from "../../src/kernels/random.js";
import { createTarget, type TargetSpec, targets } from "../../src/targets/index.js";
import type { Target } from "../../src/targets/target.js";
import { digest } from "../support/digest.js";
import { describeEnginesThoroughly, simdEngine } from "../support/engines.js";
import { specsOf } from "../support/specs.js";

const specs = specsOf(targets, {
  product: { dimension: 3, means: [-1, 0.5, 2], weights: [0.2, 0.5, 0.3], variances: [0.04, 0.3, 0.09] },
  gaussian: { dimension: 5, standardDeviation: 0.5 },
  "low-rank": { dimension: 7, rank: 3, noise: 0.3, variances: [4, 1, 0.25], seed: 11 },
});

/** Those with an exact denoiser. */
const exactSpecs = specs.filter((spec) => createTarget(spec).denoiser !== undefined);

const named = (list: TargetSpec[]) => list.map((spec) => [spec.kind, spec] as const);

function denoise(engine: Engine, target: Target, x: Float32Array, alpha: number, sigma: number): Float32Array {
  const { arena } = engine;
  const rows = x.length / target.dimension;
  return arena.scope(() => {
    const input = arena.copyIn(x);
    const out = arena.floats(x.length);
    const session = target.denoiser?.open(engine, rows);
    session?.denoise(input.pointer, rows, { t: 0, alpha, sigma, logSnr: 2 * Math.log(alpha / sigma) }, out.pointer);
    return out.array.slice();
  });
}

/** X_t of `count` samples. */
function diffuse(engine: Engine, target: Target, count: number, alpha: number, sigma: number) {
  const { points } = target.sample(engine, count, 3);
  const noise = normals(engine, points.length, { seed: 3, purpose: Purpose.probe });
  return { points, x: points.map((value, i) => alpha * value + sigma * noise[i]) };
}

const meanOf = (values: ArrayLike<number>, f: (value: number, index: number) => number) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += f(values[i], i);
  return sum / values.length;
};

/** Throws unless the mean of `values` is within 4.5 standard errors of `expected`. */
function expectMean(values: Float64Array, expected: number): void {
  const mean = meanOf(values, (value) => value);
  const variance = meanOf(values, (value) => (value - mean) ** 2);
  expect(Math.abs(mean - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt(variance / values.length) + 1e-12);
}

describeEnginesThoroughly("targets", (engineOf) => {
  test.each(named(specs))("%s: rows depend on seed and index alone", (_, spec) => {
    const target = createTarget(spec);
    const whole = target.sample(engineOf(), 60, 9);
    const d = target.dimension;
    expect(whole.points.length).toBe(60 * d);
    expect(whole.labels.length).toBe(60);
    fc.assert(
      fc.property(fc.nat(40), fc.nat(20), (first, count) => {
        const part = target.sample(engineOf(), count, 9, first);
        expect(part.points).toEqual(whole.points.slice(first * d, (first + count) * d));
        expect(part.labels).toEqual(whole.labels.slice(first, first + count));
      }),
      { numRuns: 25 },
    );
    expect(target.sample(engineOf(), 60, 10).points).not.toEqual(whole.points);
  });

  test.each(named(specs))("%s: the second moment of samples is the closed form", (_, spec) => {
    const target = createTarget(spec);
    const { points } = target.sample(engineOf(), 40000, 1);
    const d = target.dimension;
    const squares = new Float64Array(40000);
    points.forEach((value, i) => {
      squares[Math.floor(i / d)] += value * value;
    });
    expectMean(squares, target.secondMoment ?? Number.NaN);
  });

  test.each(named(exactSpecs))("%s: the denoiser is Tweedie's formula of the density's gradient", (_, spec) => {
    const target = createTarget(spec);
    const d = target.dimension;
    for (const [alpha, sigma] of [
      [0.9, Math.sqrt(0.19)],
      [0.3, Math.sqrt(0.91)],
    ]) {
      const { x } = diffuse(engineOf(), target, 20, alpha, sigma);
      const denoised = denoise(engineOf(), target, x, alpha, sigma);
      const h = 2 ** -6;
      const density = (j: number, shift: number) => {
        const moved = x.slice();
        for (let row = 0; row < 20; row++) moved[row * d + j] += shift * h;
        return target.marginalLogDensity?.(engineOf(), moved, { alpha, sigma }) ?? new Float64Array(0);
      };
      for (let j = 0; j < d; j++) {
        const [far, near] = [-2, -1].map((shift) => [density(j, shift), density(j, -shift)]);
        for (let row = 0; row < 20; row++) {
          // Fourth order central difference: error h^4 |f'''''| / 30, about 2e-6 here; float32 distances move log-densities by 1e-6.
          const gradient = (8 * (near[1][row] - near[0][row]) - (far[1][row] - far[0][row])) / (12 * h);
          const expected = (x[row * d + j] + sigma * sigma * gradient) / alpha;
          expect(Math.abs(denoised[row * d + j] - expected)).toBeLessThan(
            (2e-4 / alpha) * Math.max(1, Math.abs(expected)),
          );
        }
      }
    }
  });

  test.each(named(exactSpecs))("%s: errors of the denoiser are orthogonal to functions of X_t", (_, spec) => {
    const target = createTarget(spec);
    const d = target.dimension;
    const [alpha, sigma] = [0.8, 0.6];
    const count = 20000;
    const { points, x } = diffuse(engineOf(), target, count, alpha, sigma);
    const denoised = denoise(engineOf(), target, x, alpha, sigma);
    for (const probe of [() => 1, (value: number) => value, (value: number) => Math.sin(3 * value)]) {
      const products = new Float64Array(count);
      for (let row = 0; row < count; row++)
        products[row] = (points[row * d] - denoised[row * d]) * probe(x[row * d + d - 1]);
      expectMean(products, 0);
    }
  });

  test.each([
    ["gaussian", { kind: "gaussian", dimension: 4, standardDeviation: 0.7 }, new Array(4).fill(0.49)],
    [
      "low-rank",
      { kind: "low-rank", dimension: 6, rank: 2, noise: 0.2, variances: [3, 0.5] },
      [3.04, 0.54, 0.04, 0.04, 0.04, 0.04],
    ],
  ] as const)("%s: mean squared error of the denoiser is that of its eigenvalues", (_, spec, eigenvalues) => {
    const target = createTarget(spec);
    const d = target.dimension;
    for (const [alpha, sigma] of [
      [0.95, Math.sqrt(1 - 0.95 ** 2)],
      [0.2, Math.sqrt(0.96)],
    ]) {
      const count = 20000;
      const { points, x } = diffuse(engineOf(), target, count, alpha, sigma);
      const denoised = denoise(engineOf(), target, x, alpha, sigma);
      const squares = new Float64Array(count);
      points.forEach((value, i) => {
        squares[Math.floor(i / d)] += (value - denoised[i]) ** 2;
      });
      const mmse = eigenvalues.reduce((sum, v) => sum + (v * sigma ** 2) / (alpha ** 2 * v + sigma ** 2), 0);
      expectMean(squares, mmse);
    }
  });

  test("product: the posterior mean and density of one coordinate are those of numerical quadrature", () => {
    const [means, weights, variances] = [
      [-1, 0.5, 2],
      [0.2, 0.5, 0.3],
      [0.04, 0.3, 0.09],
    ];
    const target = createTarget({ kind: "product", dimension: 1, means, weights, variances });
    const normal = (x: number, mean: number, v: number) =>
      Math.exp(-((x - mean) ** 2) / (2 * v)) / Math.sqrt(2 * Math.PI * v);
    const prior = (x: number) => weights.reduce((sum, w, k) => sum + w * normal(x, means[k], variances[k]), 0);
    const [alpha, sigma] = [0.6, 0.8];
    const x = Float32Array.from({ length: 33 }, (_, i) => (i - 16) / 5);
    const got = denoise(engineOf(), target, x, alpha, sigma);
    const density = target.marginalLogDensity?.(engineOf(), x, { alpha, sigma });
    // Trapezoid rule on [-8, 8], exact to rounding for smooth functions that vanish at both ends.
    x.forEach((at, i) => {
      let [mass, first] = [0, 0];
      for (let n = -4000; n <= 4000; n++) {
        const weight = (prior(n / 500) * normal(at, (alpha * n) / 500, sigma ** 2)) / 500;
        mass += weight;
        first += weight * (n / 500);
      }
      expect(Math.abs(got[i] - first / mass)).toBeLessThan(2e-6);
      expect(Math.abs((density?.[i] ?? Number.NaN) - Math.log(mass))).toBeLessThan(2e-6);
    });
  });

  test("checkerboard: the posterior mean and density are those of numerical quadrature", () => {
    const target = createTarget({ kind: "checkerboard" });
    const [alpha, sigma] = [0.8, 0.35];
    const x = Float32Array.of(0.1, 0.2, -0.5, -0.4, 1.7, 0.3, -2.2, 2.5, 0.4, -0.4);
    const got = denoise(engineOf(), target, x, alpha, sigma);
    const density = target.marginalLogDensity?.(engineOf(), x, { alpha, sigma });
    // Simpson's rule with h = 1/80 on each black square: error h^4 / 180 times the fourth derivative, below 1e-6 of the integrand.
    const n = 80;
    const simpson = (i: number) => (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) / (3 * n);
    for (let row = 0; row < x.length / 2; row++) {
      let [mass, first, second] = [0, 0, 0];
      for (let square = 0; square < 16; square++) {
        const [column, line] = [square % 4, Math.floor(square / 4)];
        if ((column + line) % 2 !== 0) continue;
        for (let i = 0; i <= n; i++) {
          for (let j = 0; j <= n; j++) {
            const [y1, y2] = [-2 + column + i / n, -2 + line + j / n];
            const distance = (x[2 * row] - alpha * y1) ** 2 + (x[2 * row + 1] - alpha * y2) ** 2;
            const weight =
              (simpson(i) * simpson(j) * Math.exp(-distance / (2 * sigma ** 2))) / (16 * Math.PI * sigma ** 2);
            mass += weight;
            first += weight * y1;
            second += weight * y2;
          }
        }
      }
      expect(Math.abs(got[2 * row] - first / mass)).toBeLessThan(2e-6);
      expect(Math.abs(got[2 * row + 1] - second / mass)).toBeLessThan(2e-6);
      expect(Math.abs((density?.[row] ?? Number.NaN) - Math.log(mass))).toBeLessThan(2e-6);
    }
  });

  test("checkerboard: at small sigma the middle of a white square belongs to its nearest black ones, far points to the edge", () => {
    const x = Float32Array.of(0.5, -0.5, 1e4, 0.5);
    const [a, b, c, d] = denoise(engineOf(), createTarget({ kind: "checkerboard" }), x, 1, 1e-3);
    expect([a, b, c, d].every(Number.isFinite)).toBe(true);
    expect(Math.max(Math.abs(a - 0.5), Math.abs(b + 0.5))).toBeLessThan(0.51);
    expect(c).toBe(2);
  });

  test.each(named(specs.filter((spec) => createTarget(spec).logDensity && createTarget(spec).dimension === 2)))(
    "%s: the density integrates to 1",
    (_, spec) => {
      const target = createTarget(spec);
      const [half, n] = [6.0125, 481];
      const points = new Float32Array(2 * n * n);
      for (let i = 0; i < n * n; i++)
        points.set([((2 * (i % n)) / n - 1) * half, ((2 * Math.floor(i / n)) / n - 1) * half], 2 * i);
      const density = target.logDensity?.(engineOf(), points) ?? new Float64Array(0);
      const cell = ((2 * half) / n) ** 2;
      // Smooth ones are exact to rounding; the board's edges are resolved to a cell, 0.025, along 8 unit squares.
      expect(Math.abs(density.reduce((sum, value) => sum + Math.exp(value) * cell, 0) - 1)).toBeLessThan(
        spec.kind === "checkerboard" ? 0.04 : 1e-4,
      );
    },
  );

  test.each(named(specs.filter((spec) => createTarget(spec).logDensity)))(
    "%s: sigma = 0 is the density itself",
    (_, spec) => {
      const target = createTarget(spec);
      const { points } = target.sample(engineOf(), 50, 4);
      const own = target.logDensity?.(engineOf(), points);
      const limit = target.marginalLogDensity?.(engineOf(), points, { alpha: 1, sigma: 0 });
      expect(own).toEqual(limit);
      expect(own?.every(Number.isFinite)).toBe(true);
    },
  );

  test("labels name the component, the arc, the square, the part of the spiral", () => {
    const at = (spec: TargetSpec) => createTarget(spec).sample(engineOf(), 400, 2);
    const ring = at({ kind: "ring" });
    ring.labels.forEach((label, i) => {
      const angle = Math.atan2(ring.points[2 * i + 1], ring.points[2 * i]) / (2 * Math.PI);
      expect((Math.round(8 * angle) + 8) % 8).toBe(label);
    });
    const board = at({ kind: "checkerboard" });
    const squares = new Map<number, Set<string>>();
    board.labels.forEach((label, i) => {
      const [column, row] = [Math.floor(board.points[2 * i]), Math.floor(board.points[2 * i + 1])];
      expect((column + row) % 2 === 0).toBe(true);
      squares.set(label, (squares.get(label) ?? new Set()).add(`${column},${row}`));
    });
    expect([...squares.values()].map((set) => set.size)).toEqual(new Array(8).fill(1));
    const moons = at({ kind: "moons", noise: 0 });
    moons.labels.forEach((label, i) => {
      const [x, y] = [moons.points[2 * i] - label, moons.points[2 * i + 1] - label / 2];
      expect(x * x + y * y).toBeCloseTo(1, 5);
      expect(label ? y <= 1e-6 : y >= -1e-6).toBe(true);
    });
    const roll = at({ kind: "swiss-roll", noise: 0 });
    roll.labels.forEach((label, i) => {
      const t = 5 * Math.hypot(roll.points[2 * i], roll.points[2 * i + 1]);
      expect(Math.floor((8 * (t / Math.PI - 1.5)) / 3 + 1e-5 * (label - 3.5))).toBe(label);
      expect(Math.cos(t)).toBeCloseTo(roll.points[2 * i] / (t / 5), 4);
    });
  });

  test("low-rank: samples have the covariance U diag U^T + noise^2 I with orthonormal U", () => {
    const target = createTarget({ kind: "low-rank", dimension: 4, rank: 2, noise: 0.1, variances: [4, 1], seed: 5 });
    const count = 40000;
    const { points } = target.sample(engineOf(), count, 6);
    // Tr C = 5.04, Tr C^2 = 4.01^2 + 1.01^2 + 2 * 0.01^2: sums over the eigenvalues of the sample covariance.
    let [trace, square] = [0, 0];
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        let c = 0;
        for (let row = 0; row < count; row++) c += (points[4 * row + i] * points[4 * row + j]) / count;
        square += c * c;
        if (i === j) trace += c;
      }
    }
    expect(Math.abs(trace - 5.04)).toBeLessThan(0.15);
    expect(Math.abs(square - 17.1004)).toBeLessThan(1);
  });

  test("a denoiser's rows do not depend on one another", () => {
    for (const spec of exactSpecs) {
      const target = createTarget(spec);
      const d = target.dimension;
      const { x } = diffuse(engineOf(), target, 9, 0.6, 0.8);
      const together = denoise(engineOf(), target, x, 0.6, 0.8);
      for (let row = 0; row < 9; row++) {
        const alone = denoise(engineOf(), target, x.slice(row * d, (row + 1) * d), 0.6, 0.8);
        expect(alone).toEqual(together.slice(row * d, (row + 1) * d));
      }
    }
  });
});

describe("target specifications", () => {
  test.each(named(specs))("%s is the name of its target", (kind, spec) => {
    expect(createTarget(spec).name).toBe(kind);
  });

  test("samples of the simd build have the same bits in every engine", async () => {
    const engine = await simdEngine();
    const prints = specs.map((spec) => [spec.kind, digest(createTarget(spec).sample(engine, 500, 7).points)]);
    // This line's own result on Node 20.20, x86-64.
    expect(Object.fromEntries(prints)).toMatchObject({
      ring: "1a96f1e6",
      grid: "606f3aff",
      moons: "83b67dce",
      "swiss-roll": "6aa082f9",
      checkerboard: "b27e58bb",
      product: "06ec9d84",
      gaussian: "5fb89796",
      "low-rank": "42446b3d",
    });
  });

  test.each<[TargetSpec, string]>([
    [{ kind: "ring", modes: 0 }, "target.modes must be an integer in [1, 1000], got 0"],
    [{ kind: "ring", radius: -1 }, "target.radius must lie in (0, 1e15], got -1"],
    [{ kind: "grid", standardDeviation: Number.NaN }, "target.standardDeviation must lie in (0, 1e15], got NaN"],
    [{ kind: "moons", noise: Infinity }, "target.noise must lie in [0, 1e15], got Infinity"],
    [{ kind: "swiss-roll", noise: -0.1 }, "target.noise must lie in [0, 1e15], got -0.1"],
    [{ kind: "gaussian", dimension: 0.5 }, "target.dimension must be an integer in [1, 4096], got 0.5"],
    [{ kind: "product", dimension: 2, weights: [0.5, 0.6] }, "target.weights must sum to 1, got 1.1"],
    [
      { kind: "product", dimension: 2, variances: [0.1] },
      "target.variances must have 2 entries, one for each mean, got 1",
    ],
    [
      { kind: "product", dimension: 2, means: [1] },
      "target.weights must have 1 entries, one for each mean: the default has 2, got 2",
    ],
    [{ kind: "low-rank", dimension: 2, rank: 3 }, "target.rank must not exceed dimension 2, got 3"],
    [
      { kind: "low-rank", dimension: 2, rank: 1, variances: [] },
      "target.variances must have 1 entries, one per rank, got 0",
    ],
    [{ kind: "torus" } as unknown as TargetSpec, `target.kind ${oneOf(Object.keys(targets))}, got "torus"`],
  ])("%j is refused", (spec, message) => {
    expect(() => createTarget(spec)).toThrow(message);
  });
});

test("all but the curves have an exact denoiser, as the types say", () => {
  const inexact = specs.filter((spec) => createTarget(spec).denoiser === undefined);
  expect(inexact.map(({ kind }) => kind)).toEqual(["moons", "swiss-roll"]);
});
