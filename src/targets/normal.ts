import type { Denoiser } from "../diffusion/denoiser.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { requireInteger, requireLength, requireNumber } from "../errors.js";
import { type Engine, matmul, normals, nullPointer, type Pointer, Purpose, packedLength } from "../kernels/index.js";
import { normalsWithTails, oneCell } from "./cells.js";
import { gaussianFloat64, orthonormalize } from "./float64-gaussian.js";
import type { Target } from "./target.js";

/** N(mean, C) by the eigenpairs of C: what a Gaussian target becomes under a linear transform. Plain data. */
export interface NormalSpec {
  readonly kind: "normal";
  /** [dimension]. */
  readonly mean: Float64Array;
  /** Eigenvalues of C, [dimension], >= 0. */
  readonly variances: Float64Array;
  /** Orthonormal eigenvectors as rows, float32 [dimension, dimension]. */
  readonly axes: Float32Array;
}

export function normal({ mean, variances, axes }: NormalSpec): Target {
  const dimension = requireInteger("mean.length", mean.length, 1);
  requireLength("variances", variances, dimension);
  requireLength("axes", axes, dimension * dimension);
  variances.forEach((value, j) => {
    requireNumber(`variances[${j}]`, value, "must be finite and >= 0", (v) => v >= 0);
  });
  const pointsOf = (engine: Engine, z: Float32Array, count: number) => {
    const scaled = z.map((value, at) => value * Math.sqrt(variances[at % dimension]));
    const points = matmul(engine, scaled, axes, count, dimension, dimension);
    return points.map((value, at) => value + mean[at % dimension]);
  };
  const sum = (array: Float64Array, each: (value: number) => number) => array.reduce((a, b) => a + each(b), 0);
  return {
    name: "a Gaussian",
    dimension,
    denoiser: normalDenoiser(mean, variances, axes),
    float64: gaussianFloat64({ mean, floor: 0, variances, axes: () => rowsOf(axes, dimension) }),
    mean,
    secondMoment: sum(mean, (value) => value * value) + sum(variances, (value) => value),
    gaussianVariances: variances,
    cells: oneCell("Gaussian", (engine, rows, seed, first) => {
      const { z, factors } = normalsWithTails(engine, rows, dimension, seed, first);
      return { points: pointsOf(engine, z, rows), factors };
    }),
    affine: ({ shift, scale }) =>
      normal({
        kind: "normal",
        mean: mean.map((value, j) => (value - shift[j]) / scale),
        variances: variances.map((value) => value / scale ** 2),
        axes,
      }),
    sample(engine, count, seed, first = 0) {
      const z = normals(engine, count * dimension, { seed, purpose: Purpose.target }, first * dimension);
      return { points: pointsOf(engine, z, count), labels: new Int32Array(count) };
    },
    marginalLogDensity(engine, x, { alpha, sigma }) {
      const rows = requireInteger("x.length / dimension", x.length / dimension, 0);
      const centered = x.map((value, at) => value - alpha * mean[at % dimension]);
      const along = matmul(engine, centered, axes, rows, dimension, dimension, { transposeB: true });
      const marginal = variances.map((value) => alpha * alpha * value + sigma * sigma);
      const constant = sum(marginal, (value) => Math.log(2 * Math.PI * value));
      return Float64Array.from({ length: rows }, (_, row) => {
        let quadratic = 0;
        for (let j = 0; j < dimension; j++) quadratic += along[row * dimension + j] ** 2 / marginal[j];
        return -0.5 * (constant + quadratic);
      });
    },
  };
}

/** Rows that float32 left nearly orthonormal, in float64. */
function rowsOf(axes: Float32Array, dimension: number): readonly Float64Array[] {
  const rowAt = (i: number) => Float64Array.from(axes.subarray(i * dimension, (i + 1) * dimension));
  return orthonormalize(Array.from({ length: dimension }, (_, i) => rowAt(i)));
}

/** m + U diag(alpha v / (alpha^2 v + sigma^2)) U^T (x - alpha m), U's columns the axes. */
function normalDenoiser(mean: Float64Array, variances: Float64Array, axes: Float32Array): Denoiser {
  const dimension = mean.length;
  const alongMean = (engine: Engine) =>
    matmul(engine, Float32Array.from(mean), axes, 1, dimension, dimension, { transposeB: true });
  return {
    dimension,
    open: (engine, maxBatch) => {
      const { arena, kernels } = engine;
      const offset = alongMean(engine);
      const [into, back] = [0, 1].map(() => arena.floats(packedLength(dimension, dimension)).pointer);
      arena.scope(() => {
        const rows = arena.copyIn(axes).pointer;
        kernels.packPanelsTransposed(rows, dimension, dimension, dimension, into);
        kernels.packPanels(rows, dimension, dimension, dimension, back);
      });
      const bias = arena.floats(dimension);
      const meanRow = arena.copyIn(Float32Array.from(mean)).pointer;
      const along = arena.floats(maxBatch * dimension);
      const d = dimension;
      /** out = offset + U diag(gain) (U^T x + bias), rows of `batch`; a pointer of 0 leaves bias or offset out. */
      const shrink = (
        x: Pointer,
        batch: number,
        { alpha, sigma }: NoiseLevel,
        bias: Pointer,
        offset: Pointer,
        out: Pointer,
      ): void => {
        kernels.gemm(0, x, d, into, bias, along.pointer, d, batch, d, d);
        const gain = variances.map((value) => (alpha * value) / (alpha * alpha * value + sigma * sigma));
        const values = along.array;
        for (let at = 0; at < batch * d; at++) values[at] *= gain[at % d];
        kernels.gemm(0, along.pointer, d, back, offset, out, d, batch, d, d);
      };
      const denoise = (x: Pointer, batch: number, level: NoiseLevel, denoised: Pointer): void => {
        bias.array.set(offset.map((value) => -level.alpha * value));
        shrink(x, batch, level, bias.pointer, meanRow, denoised);
      };
      return {
        denoise,
        jvp(x, tangents, batch, level, denoised, products) {
          denoise(x, batch, level, denoised);
          shrink(tangents, batch, level, nullPointer, nullPointer, products);
        },
      };
    },
  };
}
