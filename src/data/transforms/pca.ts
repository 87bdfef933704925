import { requireInteger } from "../../errors.js";
import { member } from "../../family.js";
import { boolean, integer, required } from "../../fields.js";
import { type Engine, matmul } from "../../kernels/index.js";
import { aboutOrigin, covarianceOf, type Moments, meanOf, type Rows } from "../moments.js";
import { encodeCenter, encodeFloats, FieldReader } from "./encoding.js";
import { principalAxes } from "./principal-axes.js";
import {
  type Center,
  centerOf,
  finiteImage,
  type InverseMap,
  requireRows,
  type Transform,
  type TransformData,
  wholeCenter,
} from "./transform.js";

export interface PcaTransform extends Transform {
  /** Variance along each kept axis, descending. */
  readonly variances: readonly number[];
}

interface FittedPca {
  readonly dimension: number;
  readonly components: number;
  readonly whiten: boolean;
  readonly center: Center;
  /** float32 [components, dimension], orthonormal rows. */
  readonly axes: Float32Array;
  readonly variances: readonly number[];
  readonly totalVariance: number;
}

/** A variance below this part of the largest is rounding: the coordinate is constant and is not divided. */
const constant = 1e-10;

/** Deviation that each component is divided by. */
function scalesOf({ variances, whiten }: FittedPca): Float64Array {
  return Float64Array.from(variances, (variance) =>
    whiten && variance > constant * variances[0] ? Math.sqrt(variance) : 1,
  );
}

function scaledAxes({ axes, dimension }: FittedPca, factor: (row: number) => number): Float32Array {
  return axes.map((value, at) => value * factor(Math.floor(at / dimension)));
}

/** What components are multiplied with on the way back, float32 [components, dimension]. */
function synthesisOf(fitted: FittedPca): Float32Array {
  const scale = scalesOf(fitted);
  return scaledAxes(fitted, (row) => scale[row]);
}

/** Rows that pass through WebAssembly memory at a time. */
const blockRows = 2048;

function pcaTransform(engine: Engine, fitted: FittedPca): PcaTransform {
  const { dimension, components, whiten, center, axes, variances, totalVariance } = fitted;
  const mean = wholeCenter(center);
  const scale = scalesOf(fitted);
  const analysis = scaledAxes(fitted, (row) => 1 / scale[row]);
  const synthesis = synthesisOf(fitted);
  return {
    name: "pca",
    inputDimension: dimension,
    outputDimension: components,
    variances,
    explained:
      totalVariance > 0 ? Math.min(variances.reduce((sum, variance) => sum + variance, 0) / totalVariance, 1) : 1,
    forward: (points) =>
      byBlocks(points, dimension, components, (from, to, rows) => {
        const centered = Float32Array.from(points.subarray(from, to), (value, at) => value - mean[at % dimension]);
        return matmul(engine, centered, analysis, rows, dimension, components, { transposeB: true });
      }),
    inverse: (points) =>
      byBlocks(points, components, dimension, (from, to, rows) =>
        matmul(engine, points.subarray(from, to), synthesis, rows, components, dimension).map(
          (value, at) => value + mean[at % dimension],
        ),
      ),
    moments: (input) => projectedMoments(input, mean, analysis, components),
    toJSON: () => ({
      kind: "pca",
      dimension,
      components,
      whiten,
      ...encodeCenter(center),
      axes: encodeFloats(axes),
      variances,
      totalVariance,
    }),
  };
}

const fitted = member({
  kind: "pca",
  source: "Hotelling 1933",
  text: "Projection to the leading principal components.",
  fields: {
    components: integer("[1, 4096]", required, "Principal components to keep, at most the dimension."),
    whiten: boolean(false, "Scale every component to variance 1."),
  },
  create({ components, whiten }, engine: Engine, moments: Moments, argument: string): PcaTransform {
    const { dimension } = moments;
    requireInteger(`${argument}.components`, components, 1, dimension);
    const covariance = covarianceOf(moments);
    const { variances, axes } = principalAxes(engine, covariance, dimension, components);
    let totalVariance = 0;
    for (let j = 0; j < dimension; j++) totalVariance += Math.max(covariance[j * (dimension + 1)], 0);
    return pcaTransform(engine, {
      dimension,
      components,
      whiten,
      center: centerOf(meanOf(moments), moments),
      axes,
      variances: [...variances],
      totalVariance,
    });
  },
});

/**
 * Coordinates along the principal axes of the data, largest variance first. With fewer axes than dimensions, inverse gives
 * the nearest point of their span; without whitening, distances stay those of the data.
 */
export const pca = {
  ...fitted,
  /** The transform of a saved one. Throws where `data` is none. */
  fromJSON(engine: Engine, data: TransformData, source: string): PcaTransform {
    return pcaTransform(engine, readFitted(data, source));
  },
  inverseMap(data: TransformData, source: string): InverseMap {
    const read = readFitted(data, source);
    return { factors: synthesisOf(read), isMatrix: true, center: read.center };
  },
};

function readFitted(data: TransformData, source: string): FittedPca {
  const fields = new FieldReader(data, source);
  const dimension = fields.size("dimension");
  const components = fields.size("components", dimension);
  return {
    dimension,
    components,
    whiten: fields.boolean("whiten"),
    center: fields.center(dimension),
    axes: fields.floats("axes", components * dimension),
    variances: fields.amounts("variances", components),
    totalVariance: fields.amount("totalVariance"),
  };
}

function byBlocks(
  points: Rows,
  from: number,
  to: number,
  map: (from: number, to: number, rows: number) => Float32Array,
): Float32Array<ArrayBuffer> {
  const rows = requireRows("points", points, from);
  const mapped = new Float32Array(rows * to);
  for (let row = 0; row < rows; row += blockRows) {
    const end = Math.min(row + blockRows, rows);
    mapped.set(map(row * from, end * from, end - row), row * to);
  }
  return finiteImage("pca", mapped, to);
}

/** Moments of A (x - mean), A float32 [components, dimension]. */
function projectedMoments(input: Moments, center: Float64Array, a: Float32Array, components: number): Moments {
  const { count, dimension, sum, second } = input;
  const mean = aboutOrigin(input, center);
  const centered = (i: number, j: number) =>
    second[i * dimension + j] - mean[i] * sum[j] - sum[i] * mean[j] + count * mean[i] * mean[j];
  const projectedSum = new Float64Array(components);
  const projected = new Float64Array(components * components);
  const row = new Float64Array(dimension);
  for (let p = 0; p < components; p++) {
    row.fill(0);
    for (let i = 0; i < dimension; i++) {
      const factor = a[p * dimension + i];
      projectedSum[p] += factor * (sum[i] - count * mean[i]);
      for (let j = 0; j < dimension; j++) row[j] += factor * centered(i, j);
    }
    for (let q = 0; q < components; q++) {
      let value = 0;
      for (let j = 0; j < dimension; j++) value += row[j] * a[q * dimension + j];
      projected[p * components + q] = value;
    }
  }
  return { count, dimension: components, sum: projectedSum, second: projected };
}
