import { levelOfLogSnr } from "../../diffusion/schedule.js";
import { gaussianAncestralDiscretization } from "../gaussian-discretization.js";
import { diffuse, meanSquare, type PathCost } from "./path-cost.js";

/**
 * DDPM posterior with the denoiser held for one step. By the chain rule of KL and I-MMSE (Guo, Shamai, Verdu 2005; Kingma et al. 2021)
 *
 *     1/2 (snr_s - snr_t) E|x0hat* - x0hat|^2(X_t)  +  1/2 integral over [snr_t, snr_s] of (mmse(snr_t) - mmse(snr)) d(snr).
 *
 * The integral is sampled at one uniform snr of the step, with the same X_0 and noise at both ends, so their difference is nearly noiseless.
 */
export const ancestralCost: PathCost = {
  samplers: ["ancestral"],
  theorem: "ancestral",
  source: "chain rule of KL with I-MMSE (Guo, Shamai, Verdu 2005; Kingma et al., arXiv 2107.00630)",
  gaussianDiscretization: gaussianAncestralDiscretization,
  step(block, step, from, to) {
    const { clean, exact, approximate, batch } = block;
    const [noise, x, denoised, best, between] = block.scratch;
    const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
    block.drawNoise(step, 0, noise);

    diffuse(block, from, noise, x);
    exact.denoise(x, batch, from, best);
    approximate.denoise(x, batch, from, denoised);
    const mmse = meanSquare(block, clean, 1, best, -1);
    const score = 0.5 * width * meanSquare(block, best, 1, denoised, -1);

    const inside = levelOfLogSnr(Math.log(Math.exp(from.logSnr) + block.uniform(step) * width), from.t);
    diffuse(block, inside, noise, x);
    exact.denoise(x, batch, inside, between);
    const discretization = 0.5 * width * (mmse - meanSquare(block, clean, 1, between, -1));
    return { total: score + discretization, score, discretization, mmse };
  },
};
