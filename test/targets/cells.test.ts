import { expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { affineTarget } from "../../src/targets/affine.js";
import type { Cells } from "../../src/targets/cells.js";
import { empirical } from "../../src/targets/empirical.js";
import { mixtureTarget } from "../../src/targets/gaussian-mixture.js";
import { createTarget, targetKinds, targets } from "../../src/targets/index.js";
import { normal } from "../../src/targets/normal.js";
import type { Target } from "../../src/targets/target.js";
import { describeEngines } from "../support/engines.js";
import { specsOf } from "../support/specs.js";

const byIndex = specsOf(targets, {
  product: { dimension: 4, means: [-2, 1, 3], weights: [0.01, 0.29, 0.7], variances: [0.1, 0.5, 0.02] },
  gaussian: { dimension: 3 },
  "low-rank": { dimension: 5, rank: 2 },
}).map(createTarget);
const others: Target[] = [
  empirical({ kind: "empirical", points: Float32Array.of(1, 2, 2, 5, -3, 0, 1, 1), dimension: 2 }),
  normal({
    kind: "normal",
    mean: Float64Array.of(1, -2),
    variances: Float64Array.of(2, 0.1),
    axes: Float32Array.of(0.6, 0.8, -0.8, 0.6),
  }),
  mixtureTarget("with a point", {
    dimension: 2,
    means: Float32Array.of(0, 0, 3, 1, -1, 2),
    weights: [0.5, 0.2, 0.3],
    variances: [0, 1, 0.2],
  }),
];
const all = [...byIndex, ...others].flatMap((target) => [
  target,
  affineTarget(target, {
    shift: Float64Array.from({ length: target.dimension }, (_, j) => 0.5 + 0.1 * j),
    scale: 1.7,
  }),
]);

const rows = 20_000;

/** Weighted means of x_j and |x|^2 over all cells, with their standard errors. */
function moments(engine: Engine, { weights, draw }: Cells, dimension: number) {
  const mean = new Float64Array(dimension + 1);
  const variance = new Float64Array(dimension + 1);
  const each = Math.ceil(rows / weights.length);
  for (let cell = 0; cell < weights.length; cell++) {
    const { points, factors } = draw(engine, new Uint32Array(each).fill(cell), 3, cell * each);
    const values = Array.from({ length: each }, (_, row) => {
      const x = [...points.subarray(row * dimension, (row + 1) * dimension)];
      const factor = factors?.[row] ?? 1;
      return [...x, x.reduce((sum, value) => sum + value * value, 0)].map((value) => value * factor);
    });
    for (let j = 0; j <= dimension; j++) {
      const average = values.reduce((sum, value) => sum + value[j], 0) / each;
      const squares = values.reduce((sum, value) => sum + (value[j] - average) ** 2, 0) / each;
      mean[j] += weights[cell] * average;
      variance[j] += (weights[cell] ** 2 * squares) / each;
    }
  }
  return { mean, error: variance.map(Math.sqrt) };
}

describeEngines("cells of a law", (engineOf) => {
  it("exist for every target with an exact denoiser: a certificate leaves nothing of it to chance", () => {
    for (const { name, denoiser, cells } of all) expect(cells !== undefined, name).toBe(denoiser !== undefined);
  });

  it("are all of it: probabilities sum to 1, and weighted draws have its mean and second moment", () => {
    for (const { name, cells, dimension, mean, secondMoment } of all) {
      if (!cells) continue;
      const total = Array.from(cells.weights).reduce((a, b) => a + b, 0);
      expect(total, name).toBeCloseTo(1, 12);
      const found = moments(engineOf(), cells, dimension);
      const close = (value: number, j: number) =>
        expect(Math.abs(found.mean[j] - value), `${name} ${j}`).toBeLessThan(5 * found.error[j] + 1e-5);
      mean?.forEach(close);
      if (secondMoment !== undefined) close(secondMoment, dimension);
    }
  });

  it("draws the same rows however the range is cut, and no factor above 8/7", () => {
    for (const { name, cells, dimension } of all) {
      if (!cells) continue;
      const numbers = Uint32Array.from({ length: 50 }, (_, row) => row % cells.weights.length);
      const whole = cells.draw(engineOf(), numbers, 9, 10);
      const part = cells.draw(engineOf(), numbers.slice(20), 9, 30);
      expect(part.points, name).toEqual(whole.points.slice(20 * dimension));
      expect(part.factors, name).toEqual(whole.factors?.slice(20));
      for (const factor of whole.factors ?? []) expect(factor).toBeLessThanOrEqual(8 / 7 + 1e-12);
    }
  });

  it("of a product are the events `the rarest component among the copies is k`", () => {
    const target = byIndex[targetKinds.indexOf("product")];
    const { cells, dimension } = target;
    if (!cells) throw new Error("a product has cells");
    // Components in order of rarity: means -2, 1, 3, at least 2.5 standard deviations apart.
    const rarest = (row: Float32Array) => (row.some((x) => x < -0.6) ? 0 : row.some((x) => x < 2.5) ? 1 : 2);
    const probabilities = [1 - 0.99 ** 4, 0.99 ** 4 - 0.7 ** 4, 0.7 ** 4];
    probabilities.forEach((probability, cell) => {
      expect(cells.weights[cell]).toBeCloseTo(probability, 12);
      const { points } = cells.draw(engineOf(), new Uint32Array(2000).fill(cell), 1, 0);
      const inside = Array.from({ length: 2000 }, (_, row) =>
        rarest(points.subarray(row * dimension, (row + 1) * dimension)),
      ).filter((found) => found === cell).length;
      expect(inside).toBeGreaterThan(1850);
    });
  });

  it("reaches the tails of a Gaussian: of 4000 rows more lie beyond 4 deviations than the law puts there in 100,000", () => {
    const { cells } = createTarget({ kind: "gaussian", dimension: 1 });
    const points = cells?.draw(engineOf(), new Uint32Array(4000), 2, 0).points ?? new Float32Array(0);
    expect(points.filter((x) => Math.abs(x) > 4).length).toBeGreaterThan(6.4);
  });
});
