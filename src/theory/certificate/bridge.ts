import { levelWith, type NoiseLevel } from "../../diffusion/schedule.js";
import { spreadOf } from "../wider-noise.js";
import { diffuse, diffuseInside, type PathBlock, type PathCost, type PathStep, squaredNorms } from "./path-cost.js";

/**
 * Steps around the mean of the bridge q(x_s | x_t, x_0 = x0hat), whose noise has (1 + lambda) times its variance, D = snr_s - snr_t. By the chain rule
 * of KL and I-MMSE (docs/theory.md, 2a and 2h) their path KL is the sum over steps of
 *
 *     D/2 E|x0hat* - x0hat|^2(X_t) / (1 + lambda)
 *     + 1/2 (d log(1 + lambda) + (D mmse(snr_t) - d lambda) / (1 + lambda)) - 1/2 integral over [snr_t, snr_s] of mmse(snr) d(snr).
 *
 * The integral is sampled at one uniform snr of the step, with the same X_0 and noise at both ends, so their difference is nearly noiseless.
 */
export function bridgeStep(block: PathBlock, step: PathStep, lambda: number): void {
  const { clean, exact, approximate, rows, dimension } = block;
  const { total, score, discretization, mmse } = block.costs;
  const { from, to } = step;
  const [noise, x, denoised, best, between] = block.scratch;
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  step.drawNoise(0, noise);

  diffuse(block, from, noise, x);
  exact.denoise(x, rows, from, best);
  approximate.denoise(x, rows, from, denoised);
  squaredNorms(block, mmse, clean, 1, best, -1);
  squaredNorms(block, score, best, 1, denoised, -1);

  const start = Math.exp(from.logSnr);
  const levelAt = (time: number) => levelWith(Math.log(start + time * width), from.t);
  diffuseInside(block, step, levelAt, [noise, x, between]);
  squaredNorms(block, discretization, clean, 1, between, -1);
  const spread = spreadOf(lambda, dimension);
  for (let row = 0; row < rows; row++) {
    score[row] *= (0.5 * width) / (1 + lambda);
    const drop = 0.5 * width * (mmse[row] - discretization[row]);
    discretization[row] = drop + spread - (0.5 * width * mmse[row] * lambda) / (1 + lambda);
    total[row] = score[row] + discretization[row];
  }
}

/** What a row costs whose denoiser misses X_0 by a square of `error`, but for the information that the step gains: nats. */
export function bridgeCost(error: number, width: number, lambda: number, dimension: number): number {
  return (0.5 * width * error) / (1 + lambda) + spreadOf(lambda, dimension);
}

export function bridgeStepWithoutExact(block: PathBlock, step: PathStep, lambda: number): void {
  const { approximate, clean, rows, dimension, costs } = block;
  const { from, to } = step;
  const [noise, x, denoised] = block.scratch;
  step.drawNoise(0, noise);
  diffuse(block, from, noise, x);
  approximate.denoise(x, rows, from, denoised);
  squaredNorms(block, costs.total, clean, 1, denoised, -1);
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  for (let row = 0; row < rows; row++) costs.total[row] = bridgeCost(costs.total[row], width, lambda, dimension);
}

/** Minus the information gained, which is an entropy difference of X_t less that of its noise. */
export const bridgeEnds: PathCost["ends"] = (first: NoiseLevel, last: NoiseLevel, dimension: number) =>
  dimension * Math.log(last.sigma / first.sigma);
