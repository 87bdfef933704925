import { expect, test } from "vitest";
import { requireJvp } from "../../src/diffusion/denoiser.js";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { type Engine, Purpose } from "../../src/kernels/index.js";
import { normals } from "../../src/kernels/random.js";
import { affineTarget, mapped } from "../../src/targets/affine.js";
import { empirical } from "../../src/targets/empirical.js";
import { mixtureTarget } from "../../src/targets/gaussian-mixture.js";
import { createTarget, targets } from "../../src/targets/index.js";
import type { GaussianMixture } from "../../src/targets/mixture.js";
import { normal } from "../../src/targets/normal.js";
import type { Target } from "../../src/targets/target.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { jacobiansOf, jvpOf, levelAtLogSnr } from "../support/jvp.js";
import { specsOf } from "../support/specs.js";
import { createDebugEngine } from "../support/test-builds.js";

const mixture: GaussianMixture = {
  dimension: 3,
  means: Float32Array.of(1, -2, 0.5, 0, 1, 1, -1.5, 0, 2, 0.3, 0.4, -1),
  weights: [0.2, 0.4, 0.3, 0.1],
  variances: [0.3, 0.02, 1, 0],
};

const points = empirical({
  kind: "empirical",
  dimension: 2,
  points: Float32Array.from({ length: 300 }, (_, at) => Math.sin(at * 1.7) + 0.01 * at),
});

const law = normal({
  kind: "normal",
  mean: Float64Array.of(2, -1, 0),
  variances: Float64Array.of(4, 0.25, 0),
  axes: Float32Array.of(0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1),
});

const moved = { shift: Float64Array.of(0.4, -1, 3), scale: 0.7 };

const given = specsOf(targets, {
  product: { dimension: 3, means: [-1, 0.5, 2], weights: [0.2, 0.5, 0.3], variances: [0.04, 0.3, 0.09] },
  gaussian: { dimension: 5, standardDeviation: 0.5 },
  "low-rank": { dimension: 7, rank: 3, noise: 0.3, variances: [4, 1, 0.25], seed: 11 },
}).map((spec) => createTarget(spec));

/** Every exact denoiser with products, as itself and through an affine map. */
const laws: (readonly [string, Target])[] = [
  ...given
    .filter(({ denoiser, name }) => denoiser && name !== "checkerboard")
    .map((target) => [target.name, target] as const),
  ["mixture", mixtureTarget("mixture", mixture)],
  ["empirical", points],
  ["normal", law],
  ["moved normal", affineTarget(law, moved)],
  ["mapped mixture", mapped(mixtureTarget("mixture", mixture), moved)],
];

const denoiserOf = ({ denoiser, name }: Target) => {
  if (!denoiser) throw new Error(`${name} has no denoiser`);
  return denoiser;
};

/** X_0 and X_t of `count` samples. */
function diffuse(engine: Engine, target: Target, count: number, logSnr: number) {
  const { alpha, sigma } = levelAtLogSnr(logSnr);
  const clean = target.sample(engine, count, 3).points;
  const noise = normals(engine, clean.length, { seed: 3, purpose: Purpose.probe });
  return { clean, x: clean.map((value, i) => alpha * value + sigma * noise[i]) };
}

/** The posterior covariance of a mixture in float64, [d, d], from second moments of the components. */
function covarianceOf({ dimension: d, means, weights, variances }: GaussianMixture, x: Float32Array, logSnr: number) {
  const { alpha, sigma } = levelAtLogSnr(logSnr);
  const parts = Array.from(weights, (weight, k) => {
    const c = alpha ** 2 * variances[k] + sigma ** 2;
    const mean = Array.from(x, (value, j) => (sigma ** 2 * means[k * d + j] + alpha * variances[k] * value) / c);
    const distance = Array.from(x).reduce((sum, value, j) => sum + (value - alpha * means[k * d + j]) ** 2, 0);
    const logit = Math.log(weight) - (d / 2) * Math.log(c) - distance / (2 * c);
    return { mean, spread: (variances[k] * sigma ** 2) / c, logit };
  });
  const top = Math.max(...parts.map(({ logit }) => logit));
  const total = parts.reduce((sum, { logit }) => sum + Math.exp(logit - top), 0);
  const shares = parts.map(({ logit }) => Math.exp(logit - top) / total);
  const center = Array.from(x, (_, j) => parts.reduce((sum, { mean }, k) => sum + shares[k] * mean[j], 0));
  return Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return parts.reduce(
      (sum, { mean, spread }, k) =>
        sum + shares[k] * ((mean[i] - center[i]) * (mean[j] - center[j]) + (i === j ? spread : 0)),
      0,
    );
  });
}

describeEngines("Jacobian-vector products of exact denoisers", (engineOf) => {
  test.each([-8, -2, 0, 3, 8])("mixture at log snr %d: alpha / sigma^2 times the posterior covariance", (logSnr) => {
    const target = mixtureTarget("mixture", mixture);
    const { alpha, sigma } = levelAtLogSnr(logSnr);
    const { x } = diffuse(engineOf(), target, 50, logSnr);
    const jacobians = jacobiansOf(engineOf(), denoiserOf(target), x, levelAtLogSnr(logSnr));
    const scale = alpha / sigma ** 2;
    for (let row = 0; row < 50; row++) {
      const want = covarianceOf(mixture, x.subarray(3 * row, 3 * row + 3), logSnr).map((value) => scale * value);
      const size = Math.max(...want.map(Math.abs));
      want.forEach((value, at) => {
        // Logits err by |x - alpha mu|^2 / (2 c) roundings, at most some hundred where the component matters.
        expect(Math.abs(jacobians[9 * row + at] - value)).toBeLessThan(2e-4 * size + 1e-7);
      });
    }
  });

  test.each(laws)("%s: come with the same denoised points, and are slopes of them", (_, target) => {
    const denoiser = denoiserOf(target);
    const d = target.dimension;
    for (const logSnr of [-3, 0, 2]) {
      const level = levelAtLogSnr(logSnr);
      const { x } = diffuse(engineOf(), target, 30, logSnr);
      const v = normals(engineOf(), x.length, { seed: 5, purpose: Purpose.probe });
      const { denoised, plain, products } = jvpOf(engineOf(), denoiser, x, v, level);
      expect(denoised).toEqual(plain);
      const h = (level.sigma * 2 ** -6) / level.alpha ** 0.5;
      const at = (shift: number) =>
        jvpOf(
          engineOf(),
          denoiser,
          x.map((value, i) => value + shift * h * v[i]),
          v,
          level,
        ).plain;
      const [a, b, c, e] = [-2, -1, 1, 2].map(at);
      const size = products.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
      products.forEach((value, i) => {
        // Fourth order central difference; float32 outputs of size 4 are rounded by 2.4e-7, divided by h.
        const slope = (8 * (c[i] - b[i]) - (e[i] - a[i])) / (12 * h);
        expect(Math.abs(value - slope), `${i % d}`).toBeLessThan(5e-3 * size);
      });
    }
  });

  test.each(laws)("%s: sigma^2 / alpha times the mean trace is the mean squared error", (_, target) => {
    const d = target.dimension;
    for (const logSnr of [-2, 1]) {
      const level = levelAtLogSnr(logSnr);
      const count = 4000;
      const { clean, x } = diffuse(engineOf(), target, count, logSnr);
      const jacobians = jacobiansOf(engineOf(), denoiserOf(target), x, level);
      const { plain } = jvpOf(engineOf(), denoiserOf(target), x, x, level);
      const gaps = Float64Array.from({ length: count }, (_, row) => {
        let gap = 0;
        for (let j = row * d; j < (row + 1) * d; j++) {
          gap += (clean[j] - plain[j]) ** 2 - (level.sigma ** 2 / level.alpha) * jacobians[j * d + (j % d)];
        }
        return gap;
      });
      const mean = gaps.reduce((sum, value) => sum + value, 0) / count;
      const variance = gaps.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
      expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(variance / count) + 1e-6);
    }
  });
});

test("products of mixtures stay inside the memory they are given", async () => {
  const engine = await createDebugEngine();
  for (const count of [1, 8, 9, 70]) {
    for (const [dimension, rows] of [
      [1, 1],
      [3, 6],
      [9, 3],
    ] as const) {
      const means = Float32Array.from({ length: count * dimension }, (_, at) => Math.sin(at));
      const weights = new Float64Array(count).fill(1 / count);
      const target = mixtureTarget("mixture", { dimension, means, weights, variances: weights });
      const x = Float32Array.from({ length: rows * dimension }, (_, at) => Math.cos(at));
      const { denoised, plain, products } = jvpOf(engine, denoiserOf(target), x, x, levelAtLogSnr(0.5));
      expect(denoised).toEqual(plain);
      expect(products.every(Number.isFinite)).toBe(true);
    }
  }
});

test("a denoiser of functions has the products it is given, and without them is refused by name", async () => {
  const engine = await simdEngine();
  const double = (x: Float32Array, out: Float32Array) => out.set(x.map((value) => 2 * value));
  const withProducts = denoiserFromFunction(
    2,
    (x, _batch, _level, out) => double(x, out),
    (x, tangents, _batch, _level, out, products) => {
      double(x, out);
      double(tangents, products);
    },
  );
  const [x, v] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(0, 1, -1, 5)];
  expect(jvpOf(engine, withProducts, x, v, levelAtLogSnr(0)).products).toEqual(v.map((value) => 2 * value));
  const without = denoiserFromFunction(2, (given, _batch, _level, out) => double(given, out));
  engine.arena.scope(() => {
    expect(() => requireJvp(without.open(engine, 1), "sampler jvp")).toThrow(
      /^sampler jvp needs Jacobian-vector products of the denoiser, and its session has no jvp\(\)/,
    );
  });
});
