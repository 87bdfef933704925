import { sampler } from "../sampler.js";
import { ancestral } from "./ancestral.js";
import { pastShare } from "./dpm-solver-2m.js";

/**
 * `ancestral` with x0hat on a straight line through this step's start and the last one's, as in `dpm-solver++-2m`:
 *
 *     x_s = (sigma_s / sigma_t) e^-h x_t + alpha_s (1 - e^-2h) ((1 + 1 / (2 r)) x0hat(x_t) - x0hat' / (2 r)) + sigma_s sqrt(1 - e^-2h) z.
 */
export const dpmSolver2mSde = sampler({
  name: "dpm-solver++-2m-sde",
  source: "Lu et al., arXiv 2211.01095, section 5 (SDE-DPM-Solver++(2M))",
  order: 2,
  evaluations: 1,
  parts({ from, to, before }, schedule) {
    const { x, denoised, noise } = ancestral.coefficients(from, to, schedule);
    const past = pastShare(from, to, before);
    return [{ from, to, coefficients: { x, denoised: denoised * (1 + past), previous: -denoised * past, noise } }];
  },
});
