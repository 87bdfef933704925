import { atFloat32, type Engine, nullPointer, packedLength } from "../kernels/index.js";
import { linearBootstrap, percentileInterval } from "./bootstrap.js";
import { optimalCoupling } from "./bures.js";
import { divergence } from "./divergence.js";
import { centred, columnMeans, subsample } from "./samples.js";

const maxRows = 20_000;
const blockRows = 512;
const replicates = 1000;

interface FittedGaussian {
  readonly mean: Float64Array;
  /** Unbiased, float64 [d, d]. */
  readonly covariance: Float64Array;
  readonly trace: number;
  /** The rows minus the mean, float32 [n, d]. */
  readonly rows: Float32Array;
}

/** X^T X of X, float32 [n, d], in float64 [d, d]: covariances may be nearly singular, and their small variances count by their roots. */
function scatterMatrix(engine: Engine, x: Float32Array, d: number): Float64Array {
  const { arena, kernels } = engine;
  const n = x.length / d;
  return arena.scope(() => {
    const sums = arena.allocate(8 * d * d);
    const block = arena.allocate(8 * d * blockRows);
    arena.float64(sums, d * d).fill(0);
    for (let start = 0; start < n; start += blockRows) {
      const count = Math.min(blockRows, n - start);
      const transposed = arena.float64(block, d * count);
      for (let i = 0, at = start * d; i < count; i++) {
        for (let k = 0; k < d; k++, at++) transposed[k * count + i] = x[at];
      }
      kernels.addGram(block, d, count, sums);
    }
    const out = arena.float64(sums, d * d).slice();
    for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[j * d + i] = out[i * d + j];
    return out;
  });
}

function fitGaussian(engine: Engine, x: Float32Array, d: number): FittedGaussian {
  const n = x.length / d;
  const mean = columnMeans(x, d);
  const rows = centred(x, mean);
  const covariance = scatterMatrix(engine, rows, d).map((sum) => sum / (n - 1));
  let trace = 0;
  for (let k = 0; k < d; k++) trace += covariance[k * d + k];
  return { mean, covariance, trace, rows };
}

/** influence[i] += 2 rows[i] . shift + |rows[i]|^2 - |map rows[i]|^2, map float32 [rank, d]. */
function influences(engine: Engine, rows: Float32Array, shift: Float64Array, map: Float32Array): Float64Array {
  const { arena, kernels } = engine;
  const d = shift.length;
  const rank = map.length / d;
  const n = rows.length / d;
  const out = new Float64Array(n);
  arena.scope(() => {
    const points = arena.copyIn(rows).pointer;
    const packed = arena.floats(packedLength(d, rank)).pointer;
    kernels.packPanelsTransposed(arena.copyIn(map).pointer, d, d, rank, packed);
    const mapped = arena.floats(blockRows * rank).pointer;
    const norms = arena.floats(blockRows);
    const mappedNorms = arena.floats(blockRows);
    for (let start = 0; start < n; start += blockRows) {
      const count = Math.min(blockRows, n - start);
      const block = atFloat32(points, start * d);
      kernels.gemm(0, block, d, packed, nullPointer, mapped, rank, count, rank, d);
      kernels.squaredNorms(block, count, d, norms.pointer);
      kernels.squaredNorms(mapped, count, rank, mappedNorms.pointer);
      for (let i = 0; i < count; i++) out[start + i] = norms.array[i] - mappedNorms.array[i];
    }
  });
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) out[i] += 2 * shift[k] * rows[i * d + k];
  return out;
}

/**
 * Frechet distance: W2 between the Gaussians fitted to the two samples, the root of
 * |mean a - mean b|^2 + tr A + tr B - 2 tr (A^1/2 B A^1/2)^1/2 (the FID is the square of it, in a feature space).
 *
 * The interval is a bootstrap of the first-order expansion of the square (Rippl, Munk, Sturm 2016): the influence of a row x of a is
 * 2 (mean a - mean b) . x + x . (I - T) x, x centred, T the optimal map. It does not correct the plug-in bias, which is upward and
 * grows with d^2 / n.
 */
export const frechet = divergence({
  name: "frechet",
  title: "Fréchet distance of fitted Gaussians",
  unit: "data units",
  source:
    "Dowson and Landau, J. Multivar. Anal. 12 (1982); interval: Rippl, Munk, Sturm, J. Multivar. Anal. 151 (2016)",
  scaling: "linear",
  maxRows,
  evaluate(engine, a, b, dimension, { seed }) {
    const [x, y] = [a, b].map((sample) =>
      fitGaussian(engine, subsample(engine, sample, dimension, maxRows, seed), dimension),
    );
    const shift = x.mean.map((value, k) => value - y.mean[k]);
    const coupling = optimalCoupling(engine, x.covariance, y.covariance, dimension);
    const square = shift.reduce((sum, value) => sum + value * value, 0) + x.trace + y.trace - 2 * coupling.trace;
    const influenceA = influences(engine, x.rows, shift, coupling.mapA);
    const influenceB = influences(
      engine,
      y.rows,
      shift.map((value) => -value),
      coupling.mapB,
    );
    const deviations = linearBootstrap(engine, [influenceA, influenceB], replicates, seed);
    const root = (value: number) => Math.sqrt(Math.max(0, value));
    const [low, high] = percentileInterval(deviations).map((deviation) => root(square + deviation));
    return {
      value: root(square),
      low,
      high,
      details: { rowsA: influenceA.length, rowsB: influenceB.length },
    };
  },
});
