import { number } from "../../fields.js";
import { type StepSampler, settledSampler } from "../sampler.js";

/**
 * Between the probability flow, eta = 0, and `ancestral`, eta = 1, with x0hat held for one step. With r = snr_t / snr_s
 *
 *     x_s = (sigma_s / sigma_t) k x_t + (alpha_s - alpha_t (sigma_s / sigma_t) k) x0hat + eta sigma_s sqrt(1 - r) z,   k^2 = 1 - eta^2 (1 - r).
 *
 * Song et al., arXiv 2010.02502, eq. 12 and 16. With eta = 0 it is deterministic: its certificate is a change of variables.
 */
export const ddim = settledSampler({
  kind: "ddim",
  text: "The probability flow with the denoised point held for a step, with a share eta of the noise of `ancestral`; Song et al., arXiv 2010.02502.",
  fields: {
    eta: number("[0, 1]", 0, "Noise of a step, in that of `ancestral`; certified for 0."),
  },
  create: ({ eta }): StepSampler => ({
    name: "ddim",
    source: "Song et al., arXiv 2010.02502, eq. 12 and 16",
    order: 1,
    evaluations: 1,
    coefficients: (from, to) => {
      const oneMinusR = -Math.expm1(from.logSnr - to.logSnr);
      const kept = 1 - eta * eta + eta * eta * Math.exp(from.logSnr - to.logSnr);
      const logKept = kept > 0.5 ? Math.log1p(-eta * eta * oneMinusR) : Math.log(kept);
      return {
        x: (to.sigma / from.sigma) * Math.sqrt(kept),
        denoised: -to.alpha * Math.expm1((from.logSnr - to.logSnr + logKept) / 2),
        // Without noise a step may also lead back.
        noise: eta === 0 ? 0 : eta * to.sigma * Math.sqrt(oneMinusR),
      };
    },
  }),
});
