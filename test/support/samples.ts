import type { Engine } from "../../src/kernels/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";

/** float32 [rows, dimension] of N((shift, 0, ..., 0), scale^2 I). */
export function gaussianSample(
  engine: Engine,
  rows: number,
  dimension: number,
  seed: number,
  { shift = 0, scale = 1 }: { readonly shift?: number; readonly scale?: number } = {},
): Float32Array {
  const sample = normals(engine, rows * dimension, { seed, purpose: Purpose.target });
  return sample.map((value, at) => scale * value + (at % dimension === 0 ? shift : 0));
}

/** float32 [rows, dimension] without randomness; the same formula makes the golden numbers of another implementation. */
export function hashedSample(rows: number, dimension: number, s: number): Float32Array {
  return Float32Array.from({ length: rows * dimension }, (_, at) => {
    const [i, j] = [Math.floor(at / dimension), at % dimension];
    const unit = ((i * 7919 + j * 104729 + s * 1299709 + i * j * 31) % 10007) / 10007;
    return unit * (1 + (j % 3)) + (j === 0 ? s * 0.1 : 0);
  });
}
