import { choleskyFactor, solveLower, solveLowerTransposed } from "../../data/cholesky.js";
import { normals, Purpose } from "../../kernels/index.js";
import { fittedGaussian } from "./fitted-gaussian.js";
import type { WitnessSample } from "./witness.js";

const randomDirections = 32;
const powerIterations = 40;
/** Fitted directions cost O(n d^2 + d^3). */
const largestFittedDimension = 128;

/** A line to project on; the length of the vector does not matter. */
export interface Direction {
  readonly name: string;
  readonly vector: Float64Array;
}

/** Coordinate axes; in more than one dimension also random directions, and those along which fitted Gaussians differ most. */
export function candidateDirections(sample: WitnessSample): Direction[] {
  const { dimension } = sample;
  const axes = Array.from({ length: dimension }, (_, axis): Direction => {
    const vector = new Float64Array(dimension);
    vector[axis] = 1;
    return { name: `coordinate ${axis}`, vector };
  });
  if (dimension === 1) return axes;
  const fitted = dimension <= largestFittedDimension ? fittedDirections(sample) : [];
  return [...axes, ...isotropicDirections(sample), ...fitted];
}

function isotropicDirections({ engine, dimension, seed }: WitnessSample): Direction[] {
  return Array.from({ length: randomDirections }, (_, i) => {
    const key = { seed, purpose: Purpose.lowerBound, client: 1, step: i };
    return { name: `random direction ${i}`, vector: Float64Array.from(normals(engine, dimension, key)) };
  });
}

/** Fisher's discriminant, and the directions in which P is widest and narrowest against Q. */
function fittedDirections({ engine, p, q, dimension: d }: WitnessSample): Direction[] {
  const [a, b] = [p, q].map((points) => fittedGaussian(engine, points, d));
  const pooled = choleskyFactor(
    "covariance",
    a.covariance.map((value, i) => value + b.covariance[i]),
    d,
  );
  const shift = a.mean.map((value, i) => value - b.mean[i]);
  solveLower(pooled, shift);
  solveLowerTransposed(pooled, shift);
  return [
    { name: "the discriminant of the means", vector: shift },
    { name: "the direction of most spread", vector: mostSpread(a.covariance, b.covariance, d) },
    { name: "the direction of least spread", vector: mostSpread(b.covariance, a.covariance, d) },
  ];
}

/** The v with the largest v'Av / v'Bv: power iteration on B^-1 A. */
function mostSpread(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const lower = choleskyFactor("covariance", b, d);
  let v = Float64Array.from({ length: d }, (_, i) => 1 + 1 / (i + 2));
  for (let iteration = 0; iteration < powerIterations; iteration++) {
    const next = new Float64Array(d);
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) next[i] += a[i * d + j] * v[j];
    solveLower(lower, next);
    solveLowerTransposed(lower, next);
    const largest = next.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) return v;
    v = next.map((value) => value / largest);
  }
  return v;
}
