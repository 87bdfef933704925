import { type Curvature, needsJacobian } from "../../diffusion/curvature.js";
import { type DenoiserSession, requireJvp } from "../../diffusion/denoiser.js";
import { jacobiansAt } from "../../diffusion/jacobian.js";
import { atFloat32, type Engine, type Float32Block } from "../../kernels/index.js";
import { StepNoise } from "../step-noise.js";
import type { GaussianStep } from "./gaussian-steps.js";
import { tile, tiled } from "./tiled-session.js";

/** Both ends of a step, float32 [rows, dimension]. */
export interface StepEnds {
  /** x_k. */
  readonly earlier: Float32Block;
  /** x_{k+1}. */
  readonly later: Float32Block;
  /** Written: x0hat(x_k). */
  readonly denoised: Float32Block;
}

/** Densities of a sampler's steps. */
export interface StepDensities {
  /**
   * Adds log p_k(x_{k+1} | x_k) of each row, without its log 2 pi, to `logs`, float64 [rows]. In float64, at the float32 states.
   * @returns the noise of no row has a smaller deviation in any direction.
   */
  add(step: GaussianStep, ends: StepEnds, logs: Float64Array): number;
}

/**
 * Densities at so many rows: call inside an arena scope, with a session for a tile of them.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where a step needs Jacobian-vector products that the session does not have.
 */
export function openStepDensities(
  engine: Engine,
  session: DenoiserSession,
  steps: readonly GaussianStep[],
  rows: number,
  dimension: number,
): StepDensities {
  const isotropic: StepDensities = {
    add(step, ends, logs) {
      tiled(session, dimension).denoise(ends.earlier.pointer, rows, step.from, ends.denoised.pointer);
      addIsotropic(step, ends, logs, dimension);
      return step.deviation;
    },
  };
  if (!steps.some(({ curvature }) => curvature)) return isotropic;
  const jacobians = jacobiansOf(engine, session, steps, rows, dimension);
  const noise = new StepNoise(dimension);
  return {
    add(step, ends, logs) {
      const { curvature, deviation } = step;
      if (!curvature) return isotropic.add(step, ends, logs);
      let least = Number.POSITIVE_INFINITY;
      for (let first = 0; first < rows; first += tile) {
        const count = Math.min(tile, rows - first);
        const found = jacobians(step, curvature, ends, first, count);
        for (let row = 0; row < count; row++) {
          noise.take(curvature, found.subarray(row * dimension * dimension, (row + 1) * dimension * dimension));
          addCurved(step, noise, ends, logs, first + row, dimension);
          least = Math.min(least, deviation / noise.inverseNorm);
        }
      }
      return least;
    },
  };
}

type JacobiansOfRows = (
  step: GaussianStep,
  curvature: Curvature,
  ends: StepEnds,
  first: number,
  count: number,
) => Float64Array;

const none = new Float64Array(0);

/** Denoises rows [first, first + count), with their Jacobians, float64 [count, d, d], where the curvature needs them; else none. */
function jacobiansOf(
  engine: Engine,
  session: DenoiserSession,
  steps: readonly GaussianStep[],
  rows: number,
  dimension: number,
): JacobiansOfRows {
  const places = (ends: StepEnds, first: number) => ({
    x: atFloat32(ends.earlier.pointer, first * dimension),
    denoised: atFloat32(ends.denoised.pointer, first * dimension),
  });
  const denoise: JacobiansOfRows = ({ from }, _, ends, first, count) => {
    const { x, denoised } = places(ends, first);
    session.denoise(x, count, from, denoised);
    return none;
  };
  if (!steps.some(({ curvature }) => curvature && needsJacobian(curvature))) return denoise;
  const differentiable = requireJvp(session, "an interval by importance weights");
  const room = () => engine.arena.floats(Math.min(tile, rows) * dimension).pointer;
  const [tangents, products] = [room(), room()];
  return (step, curvature, ends, first, count) => {
    if (!needsJacobian(curvature)) return denoise(step, curvature, ends, first, count);
    const place = { ...places(ends, first), rows: count, dimension, level: step.from, tangents, products };
    return jacobiansAt(engine, differentiable, place);
  };
}

function addIsotropic(step: GaussianStep, ends: StepEnds, logs: Float64Array, d: number): void {
  const { x, denoised: pull, deviation } = step;
  const [later, earlier, denoised] = [ends.later.array, ends.earlier.array, ends.denoised.array];
  const constant = d * Math.log(deviation);
  const scale = 0.5 / (deviation * deviation);
  for (let row = 0; row < logs.length; row++) {
    let square = 0;
    for (let at = row * d; at < (row + 1) * d; at++) {
      const gap = later[at] - x * earlier[at] - pull * denoised[at];
      square += gap * gap;
    }
    logs[row] -= scale * square + constant;
  }
}

function addCurved(
  { x, denoised: pull, deviation }: GaussianStep,
  noise: StepNoise,
  { later, earlier, denoised }: StepEnds,
  logs: Float64Array,
  row: number,
  d: number,
): void {
  const gap = Float64Array.from({ length: d }, (_, j) => {
    const at = row * d + j;
    return later.array[at] - x * earlier.array[at] - pull * denoised.array[at];
  });
  const constant = d * Math.log(deviation) + noise.logDeterminant;
  logs[row] -= (0.5 / (deviation * deviation)) * noise.whitened(gap) + constant;
}
