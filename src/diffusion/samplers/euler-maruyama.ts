import { sampler } from "../sampler.js";

/**
 * One Euler-Maruyama step of the reverse SDE in the schedule's own clock, drift and beta(t) held at the step's start.
 * With b = beta(t) (t - s) and score = (alpha_t x0hat - x_t) / sigma_t^2
 *
 *     x_s = x_t + b (x_t / 2 + score) + sqrt(b) z.
 *
 * Song et al., arXiv 2011.13456, eq. 6 for the VP SDE (eq. 11). It needs b << sigma_t^2: on a coarse grid, or where
 * beta has a pole (vp-cosine near t = 1), it overshoots, and the output's law says so.
 */
export const eulerMaruyama = sampler({
  name: "euler-maruyama",
  source: "Song et al., arXiv 2011.13456, eq. 6, Euler-Maruyama",
  order: 1,
  evaluations: 1,
  coefficients: (from, to, schedule) => {
    const b = schedule.beta(from.t) * (from.t - to.t);
    const pull = b / (from.sigma * from.sigma);
    return { x: 1 + b / 2 - pull, denoised: pull * from.alpha, noise: Math.sqrt(b) };
  },
});
