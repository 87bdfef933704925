import { levelOfLogSnr } from "../../diffusion/schedule.js";
import { gaussianAncestralDiscretization } from "../gaussian-discretization.js";
import { diffuse, diffuseInside, type PathCost, squaredNorms } from "./path-cost.js";

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
  step(block, from, to) {
    const { clean, exact, approximate, rows } = block;
    const [noise, x, denoised, best, between] = block.scratch;
    const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
    block.drawNoise(0, noise);

    diffuse(block, from, noise, x);
    exact.denoise(x, rows, from, best);
    approximate.denoise(x, rows, from, denoised);
    const mmse = squaredNorms(block, clean, 1, best, -1);
    const score = squaredNorms(block, best, 1, denoised, -1).map((error) => 0.5 * width * error);

    const levelAt = (time: number) => levelOfLogSnr(Math.log(Math.exp(from.logSnr) + time * width), from.t);
    diffuseInside(block, levelAt, [noise, x, between]);
    const inside = squaredNorms(block, clean, 1, between, -1);
    const discretization = mmse.map((error, row) => 0.5 * width * (error - inside[row]));
    return { total: score.map((value, row) => value + discretization[row]), score, discretization, mmse };
  },
};
