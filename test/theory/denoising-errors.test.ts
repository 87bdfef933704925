import { expect, it } from "vitest";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { rowErrors } from "../../src/theory/denoising-errors.js";
import { simdEngine } from "../support/engines.js";

it("errors of rows are found also where drawing them moves the memory", async () => {
  const engine = await simdEngine();
  const problem = {
    denoiser: denoiserFromFunction(2, (_x, _batch, _level, out) => void out.fill(0)),
    levels: [{ t: 1, alpha: Math.SQRT1_2, sigma: Math.SQRT1_2, logSnr: 0 }],
    commonNoise: true,
    seed: 1,
    rows: () => {
      engine.arena.scope(() => engine.arena.allocate(2 * engine.arena.buffer.byteLength));
      return Float32Array.of(3, 4, 0, 1);
    },
  };
  // The denoiser says 0, so errors are |x_0|^2.
  expect([...rowErrors(engine, problem, 0, 2)]).toEqual([25, 1]);
});
