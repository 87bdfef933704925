import { gatherRows } from "../data/rows.js";
import { requireInteger } from "../errors.js";
import { fillIndices, Purpose } from "../kernels/index.js";
import { mixtureFloat64 } from "./float64-mixture.js";
import { mixtureDenoiser, mixtureLogDensity, requireMixture } from "./gaussian-mixture.js";
import type { GaussianMixture } from "./mixture.js";
import type { Target } from "./target.js";

/** The empirical law of points: each with the same probability. Plain data. */
export interface EmpiricalSpec {
  readonly kind: "empirical";
  /** float32 [count, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
}

/**
 * The empirical law as a target. Its exact denoiser is a softmax over all points (a mixture of point masses); samples are drawn with
 * replacement, labelled by their row.
 */
export function empirical({ points, dimension }: EmpiricalSpec): Target {
  const count = requireInteger("points.length / dimension", points.length / dimension, 1);
  const mixture: GaussianMixture = {
    dimension,
    means: points,
    weights: new Float64Array(count).fill(1 / count),
    variances: new Float64Array(count),
  };
  requireMixture("points", mixture);
  const mean = new Float64Array(dimension);
  let squares = 0;
  points.forEach((value, at) => {
    mean[at % dimension] += value / count;
    squares += value * value;
  });
  return {
    name: `the empirical law of ${count} points`,
    dimension,
    denoiser: mixtureDenoiser(mixture),
    float64: mixtureFloat64(mixture, 1),
    mean,
    secondMoment: squares / count,
    marginalLogDensity: (engine, x, level) => mixtureLogDensity(engine, mixture, x, level),
    cells: {
      noun: "rows",
      weights: mixture.weights,
      draw: (_engine, rows) => ({ points: gatherRows(points, dimension, rows) }),
    },
    affine: ({ shift, scale }) =>
      empirical({
        kind: "empirical",
        points: points.map((value, at) => (value - shift[at % dimension]) / scale),
        dimension,
      }),
    sample: (engine, size, seed, first = 0) => {
      const labels = engine.arena.scope(() => {
        const out = engine.arena.allocate(4 * size);
        fillIndices(engine, out, size, count, { seed, purpose: Purpose.targetLabel }, first);
        return engine.arena.int32(out, size).slice();
      });
      return { points: gatherRows(points, dimension, labels), labels };
    },
  };
}
