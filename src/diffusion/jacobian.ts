import type { Engine, Pointer } from "../kernels/index.js";
import type { DifferentiableSession } from "./denoiser.js";
import type { NoiseLevel } from "./schedule.js";

/** Where Jacobians are taken: x, float32 [rows, dimension], all at one level, and room for three blocks of that shape. */
export interface JacobianPlace {
  readonly x: Pointer;
  readonly rows: number;
  readonly dimension: number;
  readonly level: NoiseLevel;
  /** Written: x0hat(x). */
  readonly denoised: Pointer;
  /** Scratch. */
  readonly tangents: Pointer;
  readonly products: Pointer;
}

/** Jacobians of the denoised points, float64 [rows, d, d] with entry (i, j) = d x0hat_i / d x_j: d Jacobian-vector products. */
export function jacobiansAt({ arena }: Engine, session: DifferentiableSession, place: JacobianPlace): Float64Array {
  const { x, rows, dimension: d, level, denoised, tangents, products } = place;
  const jacobians = new Float64Array(rows * d * d);
  const view = (pointer: Pointer) => new Float32Array(arena.buffer, pointer, rows * d);
  for (let j = 0; j < d; j++) {
    const units = view(tangents).fill(0);
    for (let row = 0; row < rows; row++) units[row * d + j] = 1;
    session.jvp(x, tangents, rows, level, denoised, products);
    const column = view(products);
    for (let at = 0; at < rows * d; at++) jacobians[at * d + j] = column[at];
  }
  return jacobians;
}
