import { levelWith } from "../../diffusion/schedule.js";
import { gaussianAncestralDiscretization } from "../gaussian-discretization.js";
import { worstAncestralDiscretization } from "../worst-case-discretization.js";
import { diffuse, diffuseInside, type PathCost, squaredNorms } from "./path-cost.js";

/**
 * DDPM posterior with the denoiser held for one step. By the chain rule of KL and I-MMSE (Guo, Shamai, Verdu 2005; Kingma et al. 2021)
 *
 *     1/2 (snr_s - snr_t) E|x0hat* - x0hat|^2(X_t)  +  1/2 integral over [snr_t, snr_s] of (mmse(snr_t) - mmse(snr)) d(snr).
 *
 * The integral is sampled at one uniform snr of the step, with the same X_0 and noise at both ends, so their difference is nearly noiseless.
 */
export const ancestralCost: PathCost = {
  sampler: "ancestral",
  theorem: "ancestral",
  source: "chain rule of KL with I-MMSE (Guo, Shamai, Verdu 2005; Kingma et al., arXiv 2107.00630)",
  gaussianDiscretization: gaussianAncestralDiscretization,
  worstDiscretization: worstAncestralDiscretization,
  crossed: false,
  step(block, step) {
    const { clean, exact, approximate, rows } = block;
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
    for (let row = 0; row < rows; row++) {
      score[row] *= 0.5 * width;
      discretization[row] = 0.5 * width * (mmse[row] - discretization[row]);
      total[row] = score[row] + discretization[row];
    }
  },
  stepWithoutExact(block, step) {
    const { approximate, clean, rows, costs } = block;
    const { from, to } = step;
    const [noise, x, denoised] = block.scratch;
    step.drawNoise(0, noise);
    diffuse(block, from, noise, x);
    approximate.denoise(x, rows, from, denoised);
    squaredNorms(block, costs.total, clean, 1, denoised, -1);
    const half = 0.5 * (Math.exp(to.logSnr) - Math.exp(from.logSnr));
    for (let row = 0; row < rows; row++) costs.total[row] *= half;
  },
  // Minus the information gained, which is an entropy difference of X_t less that of its noise.
  ends: (first, last, dimension) => dimension * Math.log(last.sigma / first.sigma),
};
