import type { Denoiser } from "../diffusion/denoiser.js";
import { requireLength, requireNumber } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import type { Target } from "./target.js";

/** x -> (x - shift) / scale with one scale for all coordinates: isotropic noise stays isotropic. Plain data. */
export interface AffineMap {
  /** [dimension], data units. */
  readonly shift: Float64Array;
  /** > 0, data units. */
  readonly scale: number;
}

interface Level {
  readonly alpha: number;
  readonly sigma: number;
}

/**
 * The law of (X - shift) / scale. Its noised point x' = alpha (X - shift) / scale + sigma Z gives x = scale x' + alpha shift, which is
 * alpha X + (scale sigma) Z: whatever is exact for X at (alpha, scale sigma) is exact for it. X's closed forms are carried over.
 */
export function affineTarget(target: Target, map: AffineMap): Target {
  const { dimension, denoiser, secondMoment, mean, gaussianVariances } = target;
  const { shift, scale } = map;
  requireLength("shift", shift, dimension);
  shift.forEach((value, j) => {
    requireNumber(`shift[${j}]`, value);
  });
  requireNumber("scale", scale, "must be finite and > 0", (value) => value > 0);
  const logVolume = dimension * Math.log(scale);
  const original = (points: Float32Array, alpha: number) =>
    points.map((value, at) => scale * value + alpha * shift[at % dimension]);
  const density = (logDensity: Float64Array) => logDensity.map((value) => value + logVolume);
  const { marginalLogDensity, logDensity } = target;
  return {
    name: `(${target.name} - shift) / ${Number(scale.toPrecision(4))}`,
    dimension,
    sample(engine, count, seed, first) {
      const { points, labels } = target.sample(engine, count, seed, first);
      return { points: points.map((value, at) => (value - shift[at % dimension]) / scale), labels };
    },
    ...(denoiser && { denoiser: affineDenoiser(denoiser, map) }),
    ...(mean && { mean: mean.map((value, j) => (value - shift[j]) / scale) }),
    ...(mean && secondMoment !== undefined && { secondMoment: shiftedMoment(secondMoment, mean, shift) / scale ** 2 }),
    ...(gaussianVariances && { gaussianVariances: gaussianVariances.map((value) => value / scale ** 2) }),
    ...(marginalLogDensity && {
      marginalLogDensity: (engine: Engine, x: Float32Array, { alpha, sigma }: Level) =>
        density(marginalLogDensity(engine, original(x, alpha), { alpha, sigma: sigma * scale })),
    }),
    ...(logDensity && {
      logDensity: (engine: Engine, points: Float32Array) => density(logDensity(engine, original(points, 1))),
    }),
  };
}

/** E|X - shift|^2. */
function shiftedMoment(secondMoment: number, mean: Float64Array, shift: Float64Array): number {
  return mean.reduce((sum, value, j) => sum + shift[j] * (shift[j] - 2 * value), secondMoment);
}

/** E[(X - shift) / scale | x'], from the exact denoiser of X. */
function affineDenoiser(base: Denoiser, { shift, scale }: AffineMap): Denoiser {
  const { dimension } = base;
  return {
    dimension,
    open: (engine, maxBatch) => {
      const { arena, kernels } = engine;
      const session = base.open(engine, maxBatch);
      const x = arena.allocate(maxBatch * dimension * 4);
      const shifts = arena.floats(maxBatch * dimension);
      const rows = shifts.array;
      for (let at = 0; at < rows.length; at++) rows[at] = shift[at % dimension];
      return {
        denoise(given, batch, { t, alpha, sigma, logSnr }, denoised) {
          const length = batch * dimension;
          const level = { t, alpha, sigma: sigma * scale, logSnr: logSnr - 2 * Math.log(scale) };
          kernels.linearCombination(given, scale, shifts.pointer, alpha, length, x);
          session.denoise(x, batch, level, denoised);
          kernels.linearCombination(denoised, 1 / scale, shifts.pointer, -1 / scale, length, denoised);
        },
      };
    },
  };
}
