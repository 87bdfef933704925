import type { DenoiserSession } from "../../diffusion/denoiser.js";
import { atFloat32 } from "../../kernels/index.js";

/** Rows that go through the denoiser at once: few enough to stay in cache. */
export const tile = 1020;

/** The session for any number of rows, a tile of them at a time. */
export function tiled(session: DenoiserSession, dimension: number): DenoiserSession {
  return {
    denoise(x, batch, level, denoised) {
      for (let row = 0; row < batch; row += tile) {
        const count = Math.min(tile, batch - row);
        session.denoise(atFloat32(x, row * dimension), count, level, atFloat32(denoised, row * dimension));
      }
    },
  };
}
