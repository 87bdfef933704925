import type { Curvature } from "../../diffusion/curvature.js";
import type { DifferentiableSession } from "../../diffusion/denoiser.js";
import { type JacobianPlace, jacobiansAt } from "../../diffusion/jacobian.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import type { Engine, Pointer } from "../../kernels/index.js";
import { StepNoise } from "../step-noise.js";

/** What a step's covariance is made of: that of the bridge times G = excess F F^T, F of the curvature. */
export interface CurvedStep {
  readonly curvature: Curvature;
  readonly excess: number;
}

/** Clean points, float32 [rows, dimension], beside the noised ones of a place. */
export interface CodedPlace extends JacobianPlace {
  readonly clean: Pointer;
}

/**
 * KL of the bridge from X_0 to a step of covariance G, of each row, nats, float64 [rows]: what coding X_s given X_t takes, but for the information
 * that the step gains.
 */
export function curvedCodingCosts(
  engine: Engine,
  session: DifferentiableSession,
  place: CodedPlace,
  to: NoiseLevel,
  { curvature, excess }: CurvedStep,
): Float64Array {
  const { clean, denoised, rows, dimension: d, level } = place;
  const width = Math.exp(to.logSnr) - Math.exp(level.logSnr);
  const jacobians = jacobiansAt(engine, session, place);
  const [points, guesses] = [clean, denoised].map((at) => new Float32Array(engine.arena.buffer, at, rows * d));
  const noise = new StepNoise(d);
  const identity = Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
  return Float64Array.from({ length: rows }, (_, row) => {
    noise.take(curvature, jacobians.subarray(row * d * d, (row + 1) * d * d));
    const error = Float64Array.from({ length: d }, (_, j) => points[row * d + j] - guesses[row * d + j]);
    const { score, mismatch } = kernelCost({ noise, excess }, identity, error, width);
    return score + mismatch;
  });
}

/** D/2 e^T G^-1 e, and KL(N(0, L L^T) || N(0, G)) for L float64 [d, d] lower triangular. */
export function kernelCost(
  { noise, excess }: { readonly noise: StepNoise; readonly excess: number },
  lower: Float64Array,
  error: Float64Array,
  width: number,
): { readonly score: number; readonly mismatch: number } {
  const d = error.length;
  const score = (0.5 * width * noise.whitened(error.slice())) / excess;
  let trace = 0;
  let logRatio = d * Math.log(excess) + 2 * noise.logDeterminant;
  for (let j = 0; j < d; j++) {
    const column = Float64Array.from({ length: d }, (_, i) => lower[i * d + j]);
    trace += noise.whitened(column) / excess;
    logRatio -= 2 * Math.log(lower[j * (d + 1)]);
  }
  return { score, mismatch: Math.max(0, 0.5 * (logRatio + trace - d)) };
}
