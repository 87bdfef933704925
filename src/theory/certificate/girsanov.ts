import { logSnrOfOuTime, ouStep, ouTime } from "../../diffusion/ou-time.js";
import { levelOfLogSnr, type NoiseLevel } from "../../diffusion/schedule.js";
import type { Pointer } from "../../kernels/index.js";
import { diffuse, meanSquare, type PathBlock, type StepCost } from "./path-cost.js";

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
export function girsanovStep(
  block: PathBlock,
  step: number,
  from: NoiseLevel,
  to: NoiseLevel,
  { frozenState }: FrozenDrift,
): StepCost {
  const { engine, clean, exact, approximate, batch, dimension } = block;
  const [noise, inside, start, denoised, best, between] = block.scratch;
  const h = ouStep(from.logSnr, to.logSnr);
  const elapsed = block.uniform(step) * h;
  const at = levelOfLogSnr(logSnrOfOuTime(ouTime(from.logSnr) - elapsed), from.t);

  block.drawNoise(step, 0, noise);
  diffuse(block, at, noise, inside);
  exact.denoise(inside, batch, at, between);
  block.drawNoise(step, 1, noise);
  engine.kernels.linearCombination(
    inside,
    Math.exp(-elapsed),
    noise,
    Math.sqrt(-Math.expm1(-2 * elapsed)),
    batch * dimension,
    start,
  );
  exact.denoise(start, batch, from, best);
  approximate.denoise(start, batch, from, denoised);

  const state = frozenState ? 0.5 : 0;
  const driftGap = (held: Pointer) =>
    meanSquare(
      block,
      held,
      from.alpha / from.sigma ** 2,
      start,
      state - 1 / from.sigma ** 2,
      between,
      -at.alpha / at.sigma ** 2,
      inside,
      1 / at.sigma ** 2 - state,
    );
  const scoreScale = (from.alpha / from.sigma ** 2) ** 2;
  return {
    total: h * driftGap(denoised),
    score: h * scoreScale * meanSquare(block, best, 1, denoised, -1),
    discretization: h * driftGap(best),
    mmse: meanSquare(block, clean, 1, best, -1),
  };
}
