import { member } from "../../family.js";
import { choice } from "../../fields.js";
import type { Engine } from "../../kernels/index.js";
import { allEqual } from "../all-equal.js";
import { finiteEntries } from "../finite.js";
import { covarianceOf, type Moments, meanOf, type Rows, rescaledMoments } from "../moments.js";
import { encodeCenter, encodeFloats, FieldReader } from "./encoding.js";
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

/** A variance below this part of the mean square is rounding: the coordinate is constant and is not divided. */
const constant = 2 ** -40;

/** (x - mean) / scale, coordinate by coordinate, [dimension] each. */
function standardization(center: Center, scale: Float32Array): Transform {
  const dimension = scale.length;
  const mean = wholeCenter(center);
  const map = (points: Rows, each: (value: number, coordinate: number) => number) => {
    const rows = requireRows("points", points, dimension);
    const mapped = new Float32Array(points.length);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let j = 0; j < dimension; j++, at++) mapped[at] = each(points[at], j);
    }
    return finiteImage("standardize", mapped, dimension);
  };
  return {
    name: "standardize",
    inputDimension: dimension,
    outputDimension: dimension,
    explained: 1,
    ...(allEqual(scale) && {
      affine: { shift: mean, scale: scale[0] },
    }),
    forward: (points) => map(points, (value, j) => (value - mean[j]) / scale[j]),
    inverse: (points) => map(points, (value, j) => value * scale[j] + mean[j]),
    moments: (input) => rescaledMoments(input, mean, scale),
    toJSON: () => ({ kind: "standardize", dimension, ...encodeCenter(center), scale: encodeFloats(scale) }),
  };
}

const fitted = member({
  kind: "standardize",
  text: "Each coordinate minus its mean, over a standard deviation.",
  fields: {
    scale: choice(["each", "global"], "each", "Divide each coordinate by its own standard deviation, or all by one."),
  },
  create({ scale }, _: Engine, moments: Moments): Transform {
    const { count, dimension, second } = moments;
    const covariance = covarianceOf(moments);
    const variances = Float64Array.from({ length: dimension }, (_, j) => {
      const variance = covariance[j * (dimension + 1)];
      return variance > constant * (second[j * (dimension + 1)] / count) ? variance : 0;
    });
    const global = variances.reduce((sum, variance) => sum + variance, 0) / dimension;
    const deviation = (variance: number) => Math.fround(Math.sqrt(variance)) || 1;
    return standardization(
      centerOf(meanOf(moments), moments),
      finiteEntries(
        "deviation",
        Float32Array.from(variances, (variance) => deviation(scale === "each" ? variance : global)),
      ),
    );
  },
});

/** Subtracts the mean and divides by a standard deviation; "global" is the root mean variance, which keeps angles. */
export const standardize = {
  ...fitted,
  /** The transform of a saved one. Throws where `data` is none. */
  fromJSON(_: Engine, data: TransformData, source: string): Transform {
    const fields = new FieldReader(data, source);
    const dimension = fields.size("dimension");
    return standardization(fields.center(dimension), fields.scales("scale", dimension));
  },
  inverseMap(data: TransformData, source: string): InverseMap {
    const fields = new FieldReader(data, source);
    const dimension = fields.size("dimension");
    return { factors: fields.scales("scale", dimension), isMatrix: false, center: fields.center(dimension) };
  },
};
