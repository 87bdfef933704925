import { levelWith, type NoiseLevel } from "../../diffusion/schedule.js";
import type { Pointer } from "../../kernels/index.js";
import { diffuseBack, diffuseInside, type PathBlock, type PathStep } from "./path-cost.js";

/** Room for the points of a step, float32 [rows, dimension] each. */
export interface ThroughStep {
  readonly noise: Pointer;
  /** X_u at one uniform snr of the step, the same for the paths of a unit, and the exact denoiser there. */
  readonly inside: Pointer;
  readonly between: Pointer;
  /** X_t, by the forward transition from X_u. */
  readonly start: Pointer;
}

/** Draws X_u and X_t of all rows; the level u of each unit. */
export function drawThrough(block: PathBlock, step: PathStep, room: ThroughStep): NoiseLevel[] {
  const { from, to } = step;
  const { noise, inside, between, start } = room;
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  const low = Math.exp(from.logSnr);
  step.drawNoise(0, noise);
  const levelAt = (time: number) => levelWith(Math.log(low + time * width), from.t);
  const levels = diffuseInside(block, step, levelAt, [noise, inside, between]);
  step.drawNoise(1, noise);
  diffuseBack(block, levels, from, [inside, noise, start]);
  return levels;
}

/** Points of one row, float32 [dimension] each. */
export interface GapPoints {
  /** X_t and X_u. */
  readonly start: Float32Array;
  readonly inside: Float32Array;
  /** The exact denoiser at X_t. */
  readonly best: Float32Array;
}

/** X_u - E[X_u | X_t], float64 [dimension]: X_u given X_t and X_0 is the bridge between their levels. */
export function innovation(from: NoiseLevel, to: NoiseLevel, { start, inside, best }: GapPoints): Float64Array {
  const r = Math.exp(from.logSnr - to.logSnr);
  const rise = -Math.expm1(from.logSnr - to.logSnr);
  return Float64Array.from(
    inside,
    (value, j) => value - (to.alpha / from.alpha) * r * start[j] - to.alpha * rise * best[j],
  );
}
