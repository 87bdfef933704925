import { dot } from "../data/dot.js";
import { type Engine, normals, Purpose } from "../kernels/index.js";

/** Random directions, cut into frames whose directions are orthonormal. */
export interface Frames {
  /** float32 [count * size, dimension]: frame f has rows f * size ... (f + 1) * size - 1. */
  readonly directions: Float32Array;
  readonly count: number;
  readonly size: number;
}

/**
 * Haar-distributed frames by Gram-Schmidt on Gaussian rows: each direction alone is uniform on the sphere, and orthogonal ones average better
 * than independent ones (Rowland et al., "Orthogonal estimation of Wasserstein distances", AISTATS 2019).
 */
export function randomFrames(engine: Engine, dimension: number, size: number, count: number, seed: number): Frames {
  const rows = Float64Array.from(normals(engine, count * size * dimension, { seed, purpose: Purpose.projection }));
  const row = (r: number) => rows.subarray(r * dimension, (r + 1) * dimension);
  for (let r = 0; r < count * size; r++) {
    const first = r - (r % size);
    // Twice: the second pass removes what rounding left of the first.
    for (let q = first; q < r; q++) removeComponent(row(r), row(q));
    for (let q = first; q < r; q++) removeComponent(row(r), row(q));
    normalize(row(r));
  }
  return { directions: Float32Array.from(rows), count, size };
}

function removeComponent(x: Float64Array, unit: Float64Array): void {
  const overlap = dot(x, unit);
  for (let k = 0; k < x.length; k++) x[k] -= overlap * unit[k];
}

function normalize(x: Float64Array): void {
  const norm = Math.sqrt(dot(x, x));
  for (let k = 0; k < x.length; k++) x[k] /= norm;
}
