import { ArgumentError, FedscoreError } from "../errors.js";
import type { Engine, Pointer } from "../kernels/index.js";
import { type DenoiserSession, requireJvp } from "./denoiser.js";
import { jacobiansAt } from "./jacobian.js";
import type { NoiseLevel } from "./schedule.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** What a step multiplies its standard normals with: a matrix F, perhaps made of the Jacobian J of the denoiser at its start. */
export type Curvature =
  /** F = diag(factors), float64 [d]: no Jacobian. */
  | { readonly kind: "diagonal"; readonly factors: Float64Array }
  /** F = identity I + jacobian J: one Jacobian-vector product. */
  | { readonly kind: "linear"; readonly identity: number; readonly jacobian: number }
  /** F = (I + jacobian (J + J^T) / 2)^(1/2), the eigenvalues under the root at least 0.1: d products. */
  | { readonly kind: "root"; readonly jacobian: number };

/** Least eigenvalue under the root: a trained denoiser may have none that are positive. */
const leastEigenvalue = 0.1;

/** Largest dimension of a step that takes d products and a root. */
export const mostRootDimensions = 16;

/** Throws unless there is a number for each of so many coordinates. */
export function requireCoordinates(numbers: Float64Array, dimension: number): void {
  if (numbers.length === dimension) return;
  const rule = `must have ${dimension} numbers for each step, one a coordinate`;
  throw new ArgumentError("grid.errors", rule, numbers.length);
}

/** Whether F depends on the Jacobian: else `noiseFactor` needs none. */
export function needsJacobian({ kind }: Curvature): boolean {
  return kind === "linear" || kind === "root";
}

/** F, float64 [d, d] row-major, of the Jacobian of one row, float64 [d, d]; a constant F does not look at it. */
export function noiseFactor(curvature: Curvature, jacobian: Float64Array, d: number): Float64Array {
  if (curvature.kind === "diagonal") {
    requireCoordinates(curvature.factors, d);
    return jacobian.map((_, at) => (at % (d + 1) === 0 ? curvature.factors[at % d] : 0));
  }
  if (curvature.kind === "linear") {
    return jacobian.map((value, at) => curvature.jacobian * value + (at % (d + 1) === 0 ? curvature.identity : 0));
  }
  const { values, vectors } = symmetricEigen(
    jacobian.map((value, at) => 0.5 * (value + jacobian[(at % d) * d + Math.floor(at / d)])),
    d,
  );
  const roots = values.map((value) => Math.sqrt(Math.max(leastEigenvalue, 1 + curvature.jacobian * value)));
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [row, column] = [Math.floor(at / d), at % d];
    return roots.reduce((sum, root, k) => sum + vectors[row * d + k] * root * vectors[column * d + k], 0);
  });
}

/** The same on the line, where J is the slope of the denoiser. */
export function noiseSlope(curvature: Curvature | undefined, slope: number): number {
  return curvature ? noiseFactor(curvature, Float64Array.of(slope), 1)[0] : 1;
}

/** Root mean square of the noise's factors where the denoiser's slope is that in all directions. */
export function meanFactor(curvature: Curvature | undefined, slope: number): number {
  if (curvature?.kind !== "diagonal") return noiseSlope(curvature, slope);
  const { factors } = curvature;
  return Math.sqrt(factors.reduce((sum, factor) => sum + factor * factor, 0) / factors.length);
}

/** Largest factor of the noise in the directions where the denoiser's slope is that. */
export function largestFactor(curvature: Curvature | undefined, slope: number): number {
  if (curvature?.kind !== "diagonal") return noiseSlope(curvature, slope);
  return curvature.factors.reduce((most, factor) => Math.max(most, factor), 0);
}

/** Turns standard normals into the noise of steps with a curvature. */
export interface CurvedNoise {
  /** Standard normals, float32 [rows, dimension], to be written before each step. */
  readonly z: Pointer;
  /** Writes denoised = x0hat(x) and z = scale F z, x float32 [rows, dimension] at one level. */
  shape(curvature: Curvature, scale: number, x: Pointer, rows: number, level: NoiseLevel, denoised: Pointer): void;
}

/**
 * Room for so many rows at once: call inside an arena scope.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the session has no Jacobian-vector products, or a root of too many dimensions is asked for.
 */
export function openCurvedNoise(
  engine: Engine,
  session: DenoiserSession,
  curvatures: readonly Curvature[],
  rows: number,
  dimension: number,
  user: string,
): CurvedNoise {
  const { arena, kernels } = engine;
  const rooted = curvatures.some(({ kind }) => kind === "root");
  if (rooted && dimension > mostRootDimensions) {
    const message = `${user} takes as many Jacobian-vector products a step as there are dimensions: at most ${mostRootDimensions}, not ${dimension}`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { user, dimension });
  }
  for (const curvature of curvatures) {
    if (curvature.kind === "diagonal") requireCoordinates(curvature.factors, dimension);
    else requireJvp(session, user);
  }
  const room = () => arena.floats(rows * dimension).pointer;
  const [z, products] = [room(), room()];
  const tangents = rooted ? room() : products;
  return {
    z,
    shape(curvature, scale, x, count, level, denoised) {
      if (curvature.kind === "diagonal") {
        session.denoise(x, count, level, denoised);
        const factors = curvature.factors.map((factor) => scale * factor);
        multiplyColumns(new Float32Array(arena.buffer, z, count * dimension), factors);
        return;
      }
      const differentiable = requireJvp(session, user);
      if (curvature.kind === "root") {
        const place = { x, rows: count, dimension, level, denoised, tangents, products };
        multiplyRows(engine, curvature, scale, jacobiansAt(engine, differentiable, place), place.dimension, z);
        return;
      }
      differentiable.jvp(x, z, count, level, denoised, products);
      const { identity, jacobian } = curvature;
      kernels.linearCombination(z, scale * identity, products, scale * jacobian, count * dimension, z);
    },
  };
}

/** values[row, j] *= factors[j]. */
function multiplyColumns(values: Float32Array, factors: Float64Array): void {
  const d = factors.length;
  for (let at = 0; at < values.length; at += d) {
    for (let j = 0; j < d; j++) values[at + j] *= factors[j];
  }
}

/** z = scale F z, row by row. */
function multiplyRows(
  { arena }: Engine,
  curvature: Curvature,
  scale: number,
  jacobians: Float64Array,
  d: number,
  z: Pointer,
): void {
  const rows = jacobians.length / (d * d);
  const values = new Float32Array(arena.buffer, z, rows * d);
  for (let row = 0; row < rows; row++) {
    const factor = noiseFactor(curvature, jacobians.subarray(row * d * d, (row + 1) * d * d), d);
    const own = values.slice(row * d, (row + 1) * d);
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += factor[i * d + j] * own[j];
      values[row * d + i] = scale * sum;
    }
  }
}
