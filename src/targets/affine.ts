import type { Denoiser } from "../diffusion/denoiser.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { requireLength, requireNumber } from "../errors.js";
import type { Engine, Pointer } from "../kernels/index.js";
import type { AffineMap } from "./affine-map.js";
import { mappedFloat64 } from "./float64-law.js";
import type { UnroundedMixture } from "./mixture.js";
import type { Target } from "./target.js";

interface Level {
  readonly alpha: number;
  readonly sigma: number;
}

/** The law of (X - shift) / scale: of the target's own kind where it says how, else through `mapped`. */
export function affineTarget(target: Target, map: AffineMap): Target {
  requireLength("shift", map.shift, target.dimension);
  map.shift.forEach((value, j) => {
    requireNumber(`shift[${j}]`, value);
  });
  requireNumber("scale", map.scale, "must be finite and > 0", (value) => value > 0);
  const name = `(${target.name} - shift) / ${Number(map.scale.toPrecision(4))}`;
  const gaussianVariances = target.gaussianVariances?.map((value) => value / map.scale ** 2);
  return { ...(target.affine?.(map) ?? mapped(target, map)), name, ...(gaussianVariances && { gaussianVariances }) };
}

/**
 * The law of (X - shift) / scale from that of X. Its noised point x' = alpha (X - shift) / scale + sigma Z gives x = scale x' + alpha shift, which
 * is alpha X + (scale sigma) Z: whatever is exact for X at (alpha, scale sigma) is exact for it. X's closed forms are carried over.
 */
export function mapped(target: Target, map: AffineMap): Target {
  const { dimension, denoiser, float64, secondMoment, mean, cells, independentMixtures } = target;
  const { shift, scale } = map;
  const logVolume = dimension * Math.log(scale);
  const image = (points: Float32Array) => points.map((value, at) => (value - shift[at % dimension]) / scale);
  const original = (points: Float32Array, alpha: number) =>
    points.map((value, at) => scale * value + alpha * shift[at % dimension]);
  const density = (logDensity: Float64Array) => logDensity.map((value) => value + logVolume);
  const { marginalLogDensity, logDensity } = target;
  return {
    name: target.name,
    dimension,
    affine: (next) => mapped(target, composed(map, next)),
    sample(engine, count, seed, first) {
      const { points, labels } = target.sample(engine, count, seed, first);
      return { points: image(points), labels };
    },
    ...(cells && {
      cells: {
        ...cells,
        draw(engine: Engine, numbers: Uint32Array, seed: number, first: number) {
          const drawn = cells.draw(engine, numbers, seed, first);
          return { ...drawn, points: image(drawn.points) };
        },
      },
    }),
    ...(independentMixtures && { independentMixtures: mappedMixtures(independentMixtures, map) }),
    ...(denoiser && { denoiser: affineDenoiser(denoiser, map) }),
    ...(float64 && { float64: mappedFloat64(float64, map) }),
    ...(mean && { mean: mean.map((value, j) => (value - shift[j]) / scale) }),
    ...(mean && secondMoment !== undefined && { secondMoment: shiftedMoment(secondMoment, mean, shift) / scale ** 2 }),
    ...(marginalLogDensity && {
      marginalLogDensity: (engine: Engine, x: Float32Array, { alpha, sigma }: Level) =>
        density(marginalLogDensity(engine, original(x, alpha), { alpha, sigma: sigma * scale })),
    }),
    ...(logDensity && {
      logDensity: (engine: Engine, points: Float32Array) => density(logDensity(engine, original(points, 1))),
    }),
  };
}

function mappedMixtures(mixtures: readonly UnroundedMixture[], { shift, scale }: AffineMap): UnroundedMixture[] {
  let first = 0;
  return mixtures.map((mixture) => {
    const { dimension, means, variances } = mixture;
    const shifts = shift.subarray(first, first + dimension);
    first += dimension;
    return {
      ...mixture,
      means: means.map((value, at) => (value - shifts[at % dimension]) / scale),
      variances: Float64Array.from(variances, (value) => value / scale ** 2),
    };
  });
}

/** First one map, then the next. */
function composed(map: AffineMap, next: AffineMap): AffineMap {
  return {
    shift: map.shift.map((value, j) => value + map.scale * next.shift[j]),
    scale: map.scale * next.scale,
  };
}

/** E|X - shift|^2. */
function shiftedMoment(secondMoment: number, mean: Float64Array, shift: Float64Array): number {
  return mean.reduce((sum, value, j) => sum + shift[j] * (shift[j] - 2 * value), secondMoment);
}

/** E[(X - shift) / scale | x'], from the denoiser of X. */
export function affineDenoiser(base: Denoiser, { shift, scale }: AffineMap): Denoiser {
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
      /** Writes the base's states to x; their level. */
      const original = (given: Pointer, batch: number, level: NoiseLevel): NoiseLevel => {
        kernels.linearCombination(given, scale, shifts.pointer, level.alpha, batch * dimension, x);
        return { ...level, sigma: level.sigma * scale, logSnr: level.logSnr - 2 * Math.log(scale) };
      };
      const image = (denoised: Pointer, batch: number): void =>
        kernels.linearCombination(denoised, 1 / scale, shifts.pointer, -1 / scale, batch * dimension, denoised);
      const jvp = session.jvp?.bind(session);
      return {
        denoise(given, batch, level, denoised) {
          session.denoise(x, batch, original(given, batch, level), denoised);
          image(denoised, batch);
        },
        ...(jvp && {
          // States are scaled going in, what comes out is scaled back: the Jacobian is the base's.
          jvp(
            given: Pointer,
            tangents: Pointer,
            batch: number,
            level: NoiseLevel,
            denoised: Pointer,
            products: Pointer,
          ): void {
            jvp(x, tangents, batch, original(given, batch, level), denoised, products);
            image(denoised, batch);
          },
        }),
      };
    },
  };
}
