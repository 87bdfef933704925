import type { Engine } from "../../src/kernels/index.js";
import { createLaw } from "../../src/targets/law.js";
import type { LineMixture } from "./exact-path-kl.js";
import { mixtureOf } from "./hostile-laws.js";

/** Mixtures of Gaussians on the line, whose entropies and distances are sums, closed forms or quadratures. */

/** Deterministic numbers in [0, 1) for random cases. */
export function numbersOf(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** A mixture of one to three Gaussians. */
export function randomMixture(next: () => number): LineMixture {
  const components = 1 + Math.floor(3 * next());
  const raw = Array.from({ length: components }, () => 0.1 + next());
  const total = raw.reduce((a, b) => a + b, 0);
  return {
    means: raw.map(() => 4 * next() - 2),
    weights: raw.map((weight) => weight / total),
    variances: raw.map(() => 0.01 + next() ** 2),
  };
}

/** float32 [rows] of a mixture. */
export function rowsOfMixture(engine: Engine, mixture: LineMixture, rows: number, seed: number): Float32Array {
  return createLaw(mixtureOf("line", mixture).law).sample(engine, rows, seed).points;
}

/** The mixture of alpha X + sigma Z. */
export function noised({ means, weights, variances }: LineMixture, alpha: number, sigma: number): LineMixture {
  return {
    means: means.map((mean) => alpha * mean),
    weights,
    variances: variances.map((variance) => alpha * alpha * variance + sigma * sigma),
  };
}

export function densityOf({ means, weights, variances }: LineMixture, x: number): number {
  return means.reduce(
    (sum, mean, k) =>
      sum + (weights[k] * Math.exp((-0.5 * (x - mean) ** 2) / variances[k])) / Math.sqrt(2 * Math.PI * variances[k]),
    0,
  );
}

/** Integral of f over the line where any of the laws has mass, by the trapezoidal rule. */
export function integral(laws: readonly LineMixture[], f: (x: number) => number, nodes = 20_000): number {
  const ends = laws.flatMap(({ means, variances }) =>
    means.flatMap((mean, k) => [mean - 12 * Math.sqrt(variances[k]), mean + 12 * Math.sqrt(variances[k])]),
  );
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const width = (high - low) / nodes;
  let sum = 0;
  for (let i = 0; i <= nodes; i++) sum += f(low + i * width) * width;
  return sum;
}

export function entropyOf(law: LineMixture): number {
  return -integral([law], (x) => {
    const density = densityOf(law, x);
    return density > 0 ? density * Math.log(density) : 0;
  });
}

export function totalVariation(p: LineMixture, q: LineMixture): number {
  return 0.5 * integral([p, q], (x) => Math.abs(densityOf(p, x) - densityOf(q, x)));
}

/** KL(p || N(mean, variance)). */
export function klToGaussian(p: LineMixture, mean: number, variance: number): number {
  const second = p.means.reduce((sum, m, k) => sum + p.weights[k] * (p.variances[k] + (m - mean) ** 2), 0);
  return -entropyOf(p) + 0.5 * Math.log(2 * Math.PI * variance) + second / (2 * variance);
}

/** MMD with the kernel exp(-(x - y)^2 / (2 bandwidth^2)). */
export function mmdOf(p: LineMixture, q: LineMixture, bandwidth: number): number {
  const mean = (a: LineMixture, b: LineMixture) =>
    a.means.reduce(
      (sum, m, i) =>
        sum +
        b.means.reduce((inner, l, j) => {
          const variance = bandwidth ** 2 + a.variances[i] + b.variances[j];
          const value = (bandwidth / Math.sqrt(variance)) * Math.exp((-0.5 * (m - l) ** 2) / variance);
          return inner + a.weights[i] * b.weights[j] * value;
        }, 0),
      0,
    );
  return Math.sqrt(Math.max(0, mean(p, p) + mean(q, q) - 2 * mean(p, q)));
}
