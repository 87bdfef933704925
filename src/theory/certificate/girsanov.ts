import { logSnrOfOuTime, ouStep, ouTime } from "../../diffusion/ou-time.js";
import { levelOfLogSnr, type NoiseLevel } from "../../diffusion/schedule.js";
import type { Pointer } from "../../kernels/index.js";
import { diffuseInside, type PathBlock, type PathStep, scale, squaredNorms, squaredNormsByUnit } from "./path-cost.js";
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
 * (Chen et al., arXiv 2209.11215; Benton et al., arXiv 2308.03686). The integral is sampled at one uniform time of the step; Y_k, the
 * noisier point, follows from Y_t by the forward transition.
 */
export function girsanovStep(block: PathBlock, step: PathStep, { frozenState }: FrozenDrift): void {
  const { engine, clean, exact, approximate, rows, dimension, costs } = block;
  const { from, to } = step;
  const [noise, inside, start, denoised, best, between] = block.scratch;
  const h = ouStep(from.logSnr, to.logSnr);
  const begin = ouTime(from.logSnr);
  const levelAt = (time: number) => levelOfLogSnr(logSnrOfOuTime(begin - time * h), from.t);

  step.drawNoise(0, noise);
  const levels = diffuseInside(block, step, levelAt, [noise, inside, between]);
  step.drawNoise(1, noise);
  levels.forEach((_, unit) => {
    const elapsed = step.times[unit] * h;
    const length = unitPaths * dimension;
    const offset = 4 * unit * length;
    const [decay, spread] = [Math.exp(-elapsed), Math.sqrt(-Math.expm1(-2 * elapsed))];
    engine.kernels.linearCombination(inside + offset, decay, noise + offset, spread, length, start + offset);
  });
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
    scale(block, out, h);
  };
  writeDrifts(denoised, costs.total);
  writeDrifts(best, costs.discretization);
  squaredNorms(block, costs.score, best, 1, denoised, -1);
  scale(block, costs.score, h * (from.alpha / from.sigma ** 2) ** 2);
  squaredNorms(block, costs.mmse, clean, 1, best, -1);
}

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
    const at = between + 4 * unit * length;
    engine.kernels.linearCombination(at, 1, center, (-change * sigma * sigma) / alpha, length, at);
  });
}
