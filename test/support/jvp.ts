import { type Denoiser, requireJvp } from "../../src/diffusion/denoiser.js";
import { levelOfLogSnr, type NoiseLevel } from "../../src/diffusion/schedule.js";
import type { Engine } from "../../src/kernels/index.js";

/** What a denoiser gives at one level: by jvp(), and by denoise() for comparison. */
export interface JvpAnswer {
  readonly denoised: Float32Array;
  readonly plain: Float32Array;
  readonly products: Float32Array;
}

export function jvpOf(
  engine: Engine,
  denoiser: Denoiser,
  x: Float32Array,
  tangents: Float32Array,
  level: NoiseLevel,
): JvpAnswer {
  const { arena } = engine;
  const rows = x.length / denoiser.dimension;
  return arena.scope(() => {
    const session = requireJvp(denoiser.open(engine, rows), "a test");
    const [from, along] = [arena.copyIn(x).pointer, arena.copyIn(tangents).pointer];
    const [denoised, plain, products] = [0, 1, 2].map(() => arena.floats(x.length));
    session.denoise(from, rows, level, plain.pointer);
    session.jvp(from, along, rows, level, denoised.pointer, products.pointer);
    return { denoised: denoised.array.slice(), plain: plain.array.slice(), products: products.array.slice() };
  });
}

/** Jacobians of rows x at a level, float64 [rows, d, d], column by column. */
export function jacobiansOf(engine: Engine, denoiser: Denoiser, x: Float32Array, level: NoiseLevel): Float64Array {
  const d = denoiser.dimension;
  const jacobians = new Float64Array(x.length * d);
  for (let j = 0; j < d; j++) {
    const unit = x.map((_, at) => (at % d === j ? 1 : 0));
    jvpOf(engine, denoiser, x, unit, level).products.forEach((value, at) => {
      jacobians[at * d + j] = value;
    });
  }
  return jacobians;
}

export const levelAtLogSnr = (logSnr: number): NoiseLevel => levelOfLogSnr(logSnr, 0);
