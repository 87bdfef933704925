import { describe, expect, it } from "vitest";
import { levelOfLogSnr, type NoiseLevel } from "../../src/diffusion/schedule.js";
import { symmetricEigen } from "../../src/diffusion/symmetric-eigen.js";
import { createEngine } from "../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../src/targets/law.js";
import type { Target } from "../../src/targets/target.js";

const engine = await createEngine({ variant: "simd" });

const cosine = Math.cos(0.7);
const sine = Math.sin(0.7);
const rotated = Float32Array.of(cosine, sine, -sine, cosine);
const affine = { shift: Float64Array.of(0.4, -0.3), scale: 2.5 };
const laws: Readonly<Record<string, LawSpec>> = {
  ring: { of: { kind: "ring" } },
  "scaled ring": { of: { kind: "ring" }, affine },
  grid: { of: { kind: "grid", side: 3 } },
  gaussian: { of: { kind: "gaussian", dimension: 3, standardDeviation: 0.5 } },
  product: { of: { kind: "product", dimension: 3, means: [-1.5, 0.5], weights: [0.25, 0.75] } },
  "product moved unevenly": { of: { kind: "product", dimension: 2 }, affine },
  "low-rank": { of: { kind: "low-rank", dimension: 4, rank: 2, variances: [1, 0.25] } },
  normal: { of: { kind: "normal", mean: Float64Array.of(1, -2), variances: Float64Array.of(2, 0.1), axes: rotated } },
  "moved normal": {
    of: { kind: "normal", mean: Float64Array.of(1, -2), variances: Float64Array.of(2, 0.1), axes: rotated },
    affine,
  },
  rows: { of: { kind: "empirical", dimension: 2, points: Float32Array.of(0, 1, -1, 0.5, 0.3, 0.2) } },
};

function float64Of(target: Target) {
  if (!target.float64 || !target.denoiser || !target.marginalLogDensity)
    throw new Error(`${target.name} has no float64`);
  return { float64: target.float64, denoiser: target.denoiser, marginalLogDensity: target.marginalLogDensity };
}

/** Rows of X_t. */
function noised(target: Target, level: NoiseLevel, rows: number): Float32Array {
  const { points } = target.sample(engine, rows, 5);
  return points.map((value, at) => level.alpha * value + level.sigma * Math.sin(3 * at + 1));
}

describe.each(Object.entries(laws))("%s in float64", (_, spec) => {
  const target = createLaw(spec);
  const { float64, denoiser, marginalLogDensity } = float64Of(target);
  const d = target.dimension;
  const level = levelOfLogSnr(1.3, 0.5);
  const law = float64.at(engine, level);

  it("agrees with the float32 kernels to their rounding", () => {
    const rows = 16;
    const x = noised(target, level, rows);
    const logDensity = marginalLogDensity(engine, x, level);
    engine.arena.scope(() => {
      const block = engine.arena.copyIn(x);
      const out = engine.arena.floats(rows * d);
      denoiser.open(engine, rows).denoise(block.pointer, rows, level, out.pointer);
      const own = new Float64Array(d);
      for (let row = 0; row < rows; row++) {
        const point = Float64Array.from(x.subarray(row * d, (row + 1) * d));
        law.denoise(point, own);
        own.forEach((value, j) => {
          expect(value).toBeCloseTo(out.array[row * d + j], 4);
        });
        expect(law.logDensity(point)).toBeCloseTo(logDensity[row], 3);
      }
    });
  });

  it("has the score of its own density as its denoiser, and that one's derivative as its Jacobian", () => {
    // Central differences of step h err by h^2 and by rounding / h.
    const h = 1e-5;
    const x = Float64Array.from(noised(target, level, 1));
    const [denoised, up, down] = [0, 1, 2].map(() => new Float64Array(d));
    const jacobian = new Float64Array(d * d).fill(Number.NaN);
    law.denoise(x, denoised);
    law.jacobian(jacobian);
    for (let j = 0; j < d; j++) {
      const [above, below] = [x.slice(), x.slice()];
      above[j] += h;
      below[j] -= h;
      const score = (law.logDensity(above) - law.logDensity(below)) / (2 * h);
      expect((level.alpha * denoised[j] - x[j]) / level.sigma ** 2).toBeCloseTo(score, 6);
      law.denoise(above, up);
      law.denoise(below, down);
      for (let i = 0; i < d; i++) expect(jacobian[i * d + j]).toBeCloseTo((up[i] - down[i]) / (2 * h), 6);
    }
  });

  it("has products with its Jacobian, whose eigenvalues lie between 0 and the end in closed form", () => {
    const x = Float64Array.from(noised(target, level, 1));
    const [denoised, v, product] = [0, 1, 2].map(() => new Float64Array(d));
    const jacobian = new Float64Array(d * d);
    law.denoise(x, denoised);
    law.jacobian(jacobian);
    v.forEach((_, j) => {
      v[j] = Math.cos(5 * j + 1);
    });
    law.product(v, product);
    product.forEach((value, i) => {
      const expected = v.reduce((sum, factor, j) => sum + jacobian[i * d + j] * factor, 0);
      expect(value).toBeCloseTo(expected, 12);
    });
    const { values } = symmetricEigen(jacobian, d);
    expect(Math.min(...values)).toBeGreaterThan(-1e-12);
    expect(law.steepest()).toBeGreaterThan(Math.max(...values) * (1 - 1e-12));
    expect(law.steepest()).toBeLessThan(values.reduce((sum, value) => sum + value, 0) + 1e-12);
  });
});
