import { integer, number } from "../../fields.js";
import { type PartSampler, type StepPart, settledSampler } from "../sampler.js";
import { ancestral } from "./ancestral.js";

/**
 * A step of `ancestral`, then Langevin steps within the level that it reached, x0hat held for each. With e = 2 snr^2 (log snr_s - log snr_t)
 *
 *     x' = alpha x0hat + e^-e (x - alpha x0hat) + sigma sqrt(1 - e^-2e) z,
 *
 * to first order x + e sigma^2 score + sigma sqrt(2 e) z: in Song et al. the drift is `snr` of the noise in norm for every step, so that their
 * corrector keeps an error of its own however fine the grid. Here it is that for a step of 1 in log snr and falls with the step.
 */
export const predictorCorrector = settledSampler({
  kind: "predictor-corrector",
  text: "A step of `ancestral`, then Langevin steps within its level; Song et al., arXiv 2011.13456, algorithms 2 to 5.",
  fields: {
    snr: number("(0, 10]", 0.5, "Drift of a corrector's step over its noise, in norm, for a step of 1 in log snr."),
    steps: integer("[1, 100]", 1, "Corrector's steps after each step."),
  },
  create: ({ snr, steps }): PartSampler => ({
    name: "predictor-corrector",
    source: "Song et al., arXiv 2011.13456, algorithms 2 to 5, the corrector in proportion to the step",
    order: 1,
    evaluations: 1 + steps,
    parts({ from, to }, schedule) {
      const e = 2 * snr * snr * (to.logSnr - from.logSnr);
      const part: StepPart = {
        from: to,
        to,
        coefficients: {
          x: Math.exp(-e),
          denoised: -to.alpha * Math.expm1(-e),
          noise: to.sigma * Math.sqrt(-Math.expm1(-2 * e)),
        },
      };
      const predicted = { from, to, coefficients: ancestral.coefficients(from, to, schedule) };
      return [predicted, ...new Array<StepPart>(steps).fill(part)];
    },
  }),
});
