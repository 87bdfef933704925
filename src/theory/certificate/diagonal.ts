import type { NoiseLevel } from "../../diffusion/schedule.js";
import type { Pointer } from "../../kernels/index.js";
import { weightedSquares } from "../weighted-squares.js";
import { narrowing, spreadOfCoordinates } from "../wider-noise.js";
import { drawThrough, type GapPoints, innovation } from "./inside-step.js";
import { diffuse, type PathBlock, type PathStep, squaredNorms } from "./path-cost.js";
import { unitPaths } from "./strata.js";

/**
 * Steps around the mean of the bridge whose noise has (1 + lambda_j) times its variance in coordinate j, lambda_j >= 0 numbers of the step (docs/theory.md,
 * 2h). With D = snr_s - snr_t and v_j = lambda_j / D a step costs
 *
 *     score          D/2 sum_j E(x0hat* - x0hat)_j^2 / (1 + lambda_j)
 *     discretization 1/2 integral over [snr_t, snr_s] of E|x0lin(X_u; X_t) - x0hat*(X_u)|^2 d(snr_u),
 *
 * x0lin what the best estimate of X_0 from X_u and X_t would be, were it Gaussian given X_t with the mean x0hat*(X_t) and the variances v. Sampled at one
 * uniform snr of the step: no term is negative, and there is no discretization path by path where that is so.
 */
export function diagonalStep(block: PathBlock, step: PathStep, lambda: Float64Array): void {
  const { clean, rows, dimension: d, costs } = block;
  const { from, to } = step;
  const [noise, inside, start, denoised, best, between] = block.scratch;
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  const levels = drawThrough(block, step, { noise, inside, between, start });
  block.exact.denoise(start, rows, from, best);
  block.approximate.denoise(start, rows, from, denoised);
  squaredNorms(block, costs.mmse, clean, 1, best, -1);

  const points = { start: viewOf(block, start), inside: viewOf(block, inside), best: viewOf(block, best) };
  const exact = viewOf(block, between);
  weightedSquares(points.best, viewOf(block, denoised), narrowing(lambda), costs.score);
  const variances = lambda.map((each) => each / width);
  for (let row = 0; row < rows; row++) {
    const part = (values: Float32Array) => values.subarray(row * d, (row + 1) * d);
    const own = { start: part(points.start), inside: part(points.inside), best: part(points.best) };
    const level = levels[Math.floor(row / unitPaths)];
    costs.score[row] *= 0.5 * width;
    costs.discretization[row] = 0.5 * width * linearGap(variances, from, level, own, part(exact));
    costs.total[row] = costs.score[row] + costs.discretization[row];
  }
}

/** What a row costs whose denoiser misses X_0 by a sum of narrowed squares, but for the information that the step gains: nats. */
export function diagonalCost(narrowed: number, width: number, spread: number): number {
  return 0.5 * width * narrowed + spread;
}

/** The same but for the information gained, from X_0 in place of the exact denoiser. */
export function diagonalStepWithoutExact(block: PathBlock, step: PathStep, lambda: Float64Array): void {
  const { approximate, clean, rows, costs } = block;
  const { from, to } = step;
  const [noise, x, denoised] = block.scratch;
  step.drawNoise(0, noise);
  diffuse(block, from, noise, x);
  approximate.denoise(x, rows, from, denoised);
  weightedSquares(viewOf(block, clean), viewOf(block, denoised), narrowing(lambda), costs.total);
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  const spread = spreadOfCoordinates(lambda);
  for (let row = 0; row < rows; row++) costs.total[row] = diagonalCost(costs.total[row], width, spread);
}

function viewOf({ engine, rows, dimension }: PathBlock, pointer: Pointer): Float32Array {
  return new Float32Array(engine.arena.buffer, pointer, rows * dimension);
}

/** |x0lin - x0hat*(X_u)|^2 with x0lin_j = m_j + (alpha_u / sigma_u^2) v_j / (1 + (snr_u - snr_t) v_j) (X_u - E[X_u | X_t])_j, m = x0hat*(X_t). */
function linearGap(
  variances: Float64Array,
  from: NoiseLevel,
  to: NoiseLevel,
  points: GapPoints,
  exact: Float32Array,
): number {
  const rise = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  const scale = to.alpha / (to.sigma * to.sigma);
  let gap = 0;
  innovation(from, to, points).forEach((residual, j) => {
    const gain = (scale * variances[j]) / (1 + rise * variances[j]);
    gap += (points.best[j] + gain * residual - exact[j]) ** 2;
  });
  return gap;
}
