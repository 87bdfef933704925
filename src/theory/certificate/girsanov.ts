import { ouStep, ouTime } from "../../diffusion/ou-time.js";
import { levelWith, type NoiseLevel } from "../../diffusion/schedule.js";
import { atFloat32, type Pointer } from "../../kernels/index.js";
import {
  diffuse,
  diffuseBack,
  diffuseInside,
  type PathBlock,
  type PathCost,
  type PathStep,
  squaredNorms,
  squaredNormsByUnit,
} from "./path-cost.js";
import { unitPaths } from "./strata.js";

/**
 * The drift of a frozen reverse SDE as a multiple of x and of the score: `frozenState` says whether the state in the drift is
 * held too (Euler-Maruyama) or only the score (exponential integrator).
 */
export interface FrozenDrift {
  readonly frozenState: boolean;
}

/**
 * Girsanov's theorem for dY = (Y + 2 score) dt + sqrt(2) dB in OU time, score or whole drift held from the step's start:
 * E integral over the step of |2 (s_theta(Y_k) - g_t) (+ Y_k - Y_t where the state is held too)|^2 / 4 dt, g_t the exact score at Y_t
 * (Chen et al., arXiv 2209.11215; Benton et al., arXiv 2308.03686). The integral is sampled at one time of the step, uniform in log snr, so
 * with weight sigma_t^2 d(log snr) / 2: |g_t|^2 is of the order of 1 / sigma_t^2, which a uniform time would rarely meet. Y_k, the noisier
 * point, follows from Y_t by the forward transition.
 */
export function girsanovStep(block: PathBlock, step: PathStep, { frozenState }: FrozenDrift): void {
  const { clean, exact, approximate, rows, costs } = block;
  const { from, to } = step;
  const [noise, inside, start, denoised, best, between] = block.scratch;
  const rise = to.logSnr - from.logSnr;
  const levelAt = (time: number) => levelWith(from.logSnr + time * rise, from.t);

  step.drawNoise(0, noise);
  const levels = diffuseInside(block, step, levelAt, [noise, inside, between]);
  step.drawNoise(1, noise);
  diffuseBack(block, levels, from, [inside, noise, start]);
  exact.denoise(start, rows, from, best);
  approximate.denoise(start, rows, from, denoised);

  const state = frozenState ? 0.5 : 0;
  if (frozenState) addCenterDrift(block, levels, from, between);
  const writeDrifts = (held: Pointer, out: Float64Array) => {
    squaredNormsByUnit(block, out, (unit) => {
      const at = levels[unit];
      return [
        held,
        from.alpha / from.sigma ** 2,
        start,
        state - 1 / from.sigma ** 2,
        between,
        -at.alpha / at.sigma ** 2,
        inside,
        1 / at.sigma ** 2 - state,
      ];
    });
    for (let row = 0; row < rows; row++) out[row] *= 0.5 * rise * levels[Math.floor(row / unitPaths)].sigma ** 2;
  };
  writeDrifts(denoised, costs.total);
  writeDrifts(best, costs.discretization);
  squaredNorms(block, costs.score, best, 1, denoised, -1);
  const scoreScale = ouStep(from.logSnr, to.logSnr) * (from.alpha / from.sigma ** 2) ** 2;
  for (let row = 0; row < rows; row++) costs.score[row] *= scoreScale;
  squaredNorms(block, costs.mmse, clean, 1, best, -1);
}

/**
 * The same without the exact score, and without a time to sample. With Y_k = alpha X_0 + sigma z, E<f(Y_k), g_k> = -E<f(Y_k), z> / sigma for every f,
 * E[g_t given Y_k] = e^-u g_k and E[Y_t given Y_k] = e^u (Y_k + (1 - e^-2u) g_k) leave, beside the integral of E|g_t|^2, which is an entropy
 * difference (de Bruijn), the squares and products of what is held, integrated over the step's u in [0, h].
 */
export function girsanovStepWithoutExact(block: PathBlock, step: PathStep, { frozenState }: FrozenDrift): void {
  const { approximate, rows, dimension, costs } = block;
  const { from, to } = step;
  const [noise, x, denoised] = block.scratch;
  const h = ouStep(from.logSnr, to.logSnr);
  step.drawNoise(0, noise);
  diffuse(block, from, noise, x);
  approximate.denoise(x, rows, from, denoised);
  if (frozenState) {
    writeFrozenDrift(block, from, h);
    return;
  }
  // h |s|^2 + 2 (1 - e^-h) <s, z> / sigma, completed to a square; E|z|^2 = d.
  const pull = -Math.expm1(-h) / (h * from.sigma);
  const [score, state] = [from.alpha / from.sigma ** 2, -1 / from.sigma ** 2];
  squaredNorms(block, costs.total, denoised, score, x, state, noise, pull);
  for (let row = 0; row < rows; row++) costs.total[row] = h * (costs.total[row] - dimension * pull * pull);
}

/** The whole drift b = y + 2 s held, y the state before the law was moved: (h |b - m|^2 - h |m|^2 + E|Y_t|^2 - 4 d) / 4 integrated. */
function writeFrozenDrift(block: PathBlock, from: NoiseLevel, h: number): void {
  const { engine, rows, dimension, clean, center, costs } = block;
  const [noise, x, denoised, y] = block.scratch;
  const shift = center === undefined ? 0 : 1;
  engine.kernels.linearCombination(x, 1, center ?? x, shift * from.alpha, rows * dimension, y);
  const p = Math.expm1(h) / h;
  const q = (Math.expm1(h) - Math.expm1(-h)) / (h * from.sigma);
  const score = 2 / from.sigma ** 2;
  const [{ total }, square, signal] = [costs, costs.score, costs.discretization];
  squaredNorms(block, total, y, 1 - p, denoised, from.alpha * score, x, -score, noise, q);
  squaredNorms(block, square, y, p, noise, -q);
  squaredNorms(block, signal, clean, 1, center ?? clean, shift);
  const gained = 0.5 * Math.exp(-2 * ouTime(from.logSnr)) * Math.expm1(2 * h);
  for (let row = 0; row < rows; row++) {
    total[row] = 0.25 * (h * (total[row] - square[row]) + gained * (signal[row] - dimension) - 3 * dimension * h);
  }
}

/** d (tau_T - tau_delta): what the integral of E|g_t|^2 is beside the entropies. */
export const girsanovEnds: PathCost["ends"] = (first, last, dimension) =>
  dimension * (ouTime(first.logSnr) - ouTime(last.logSnr));

/**
 * A drift that holds the state holds what the law was moved by as well: alpha center / 2, which changes within the step. The change enters
 * through the exact denoiser's output, whose coefficient in the gap is -alpha / sigma^2.
 */
function addCenterDrift(block: PathBlock, levels: readonly NoiseLevel[], from: NoiseLevel, between: Pointer): void {
  const { engine, center, dimension } = block;
  if (center === undefined) return;
  const length = unitPaths * dimension;
  levels.forEach(({ alpha, sigma }, unit) => {
    const change = 0.5 * (from.alpha - alpha);
    const at = atFloat32(between, unit * length);
    engine.kernels.linearCombination(at, 1, center, (-change * sigma * sigma) / alpha, length, at);
  });
}
