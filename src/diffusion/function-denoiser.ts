import { ArgumentTypeError, requireFunction, requireInteger } from "../errors.js";
import type { Pointer } from "../kernels/index.js";
import type { Denoiser } from "./denoiser.js";
import type { NoiseLevel } from "./schedule.js";

/**
 * Writes E[X_0 | X_t = x] for x, float32 [batch, dimension], all at one noise level, to `out` of the same shape. Both
 * are views that are valid during the call only; x must be left as it is.
 */
export type DenoiseFunction = (x: Float32Array, batch: number, level: NoiseLevel, out: Float32Array) => void;

/**
 * Writes what a DenoiseFunction writes and, to `products`, the products of its Jacobian in each row with `tangents`, float32
 * [batch, dimension] each, views as there.
 */
export type JvpFunction = (
  x: Float32Array,
  tangents: Float32Array,
  batch: number,
  level: NoiseLevel,
  out: Float32Array,
  products: Float32Array,
) => void;

/**
 * A denoiser from JavaScript functions: a user's own model, or a closed form.
 * @param jvp Absent: what needs Jacobian-vector products refuses the denoiser.
 * @throws ArgumentTypeError, also as it denoises where a function gives an array of its own or a Promise: what it has not written to `out` is lost.
 */
export function denoiserFromFunction(dimension: number, denoise: DenoiseFunction, jvp?: JvpFunction): Denoiser {
  requireInteger("dimension", dimension, 1);
  requireFunction("denoise", denoise);
  if (jvp !== undefined) requireFunction("jvp", jvp);
  return {
    dimension,
    open: ({ arena }) => {
      const view = (pointer: number, batch: number) => new Float32Array(arena.buffer, pointer, batch * dimension);
      return {
        denoise: (x, batch, level, denoised) => {
          const out = view(denoised, batch);
          requireWritten("denoise()", denoise(view(x, batch), batch, level, out), out);
        },
        ...(jvp && {
          jvp: (
            x: Pointer,
            tangents: Pointer,
            batch: number,
            level: NoiseLevel,
            denoised: Pointer,
            products: Pointer,
          ) => {
            const out = view(denoised, batch);
            const along = view(tangents, batch);
            requireWritten("jvp()", jvp(view(x, batch), along, batch, level, out, view(products, batch)), out);
          },
        }),
      };
    },
  };
}

/** Numbers, as assignments have, are no answer; arrays and Promises are. */
function requireWritten(argument: string, given: unknown, out: Float32Array): void {
  if (given === out || typeof given !== "object" || given === null) return;
  throw new ArgumentTypeError(argument, "must write to `out` and return nothing", given);
}
