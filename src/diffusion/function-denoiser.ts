import { ArgumentTypeError, requireInteger } from "../errors.js";
import type { Denoiser } from "./denoiser.js";
import type { NoiseLevel } from "./schedule.js";

/**
 * Writes E[X_0 | X_t = x] for x, float32 [batch, dimension], all at one noise level, to `out` of the same shape. Both
 * are views that are valid during the call only; x must be left as it is.
 */
export type DenoiseFunction = (x: Float32Array, batch: number, level: NoiseLevel, out: Float32Array) => void;

/**
 * A denoiser from a JavaScript function: a user's own model, or a closed form.
 * @throws ArgumentTypeError, also as it denoises where the function gives an array of its own or a Promise: what it has not written to `out` is lost.
 */
export function denoiserFromFunction(dimension: number, denoise: DenoiseFunction): Denoiser {
  requireInteger("dimension", dimension, 1);
  if (typeof denoise !== "function") throw new ArgumentTypeError("denoise", "must be a function", denoise);
  return {
    dimension,
    open: ({ arena }) => ({
      denoise: (x, batch, level, denoised) => {
        const view = (pointer: number) => new Float32Array(arena.buffer, pointer, batch * dimension);
        const out = view(denoised);
        requireWritten(denoise(view(x), batch, level, out), out);
      },
    }),
  };
}

/** Numbers, as assignments have, are no answer; arrays and Promises are. */
function requireWritten(given: unknown, out: Float32Array): void {
  if (given === out || typeof given !== "object" || given === null) return;
  throw new ArgumentTypeError("denoise()", "must write to `out` and return nothing", given);
}
