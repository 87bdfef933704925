import { meanFactor } from "../../../diffusion/curvature.js";
import { proposal } from "./proposal.js";

/** Below this share of the forward chain's precision the two Gaussians are too far apart to be divided. */
const leastPrecision = 0.1;

/**
 * The forward chain times p_k(x_{k+1} | x_k) / q_k(x_{k+1} | x_k), with the data's reverse kernel q_k taken as Gaussian of variance s^2 (1 + lambda),
 * s^2 that of the bridge and lambda = (snr_s - snr_t) mmse / d, and the denoiser as linear around y, of slope alpha_t / sigma_t^2 mmse / d
 * (Tweedie). For isotropic Gaussian laws both are. Noise that differs by direction counts as it would with that slope in all of them. One more evaluation of the denoiser a step.
 */
export const tilted = proposal({
  name: "tilted",
  source: "docs/theory.md, 2i: the forward chain times the ratio of the sampler's kernel to the data's",
  resamples: false,
  cost: 2,
  tilt({ from, to, x, denoised, deviation, curvature, spread }, error) {
    const slopeOfMean = (from.alpha * error) / (from.sigma * from.sigma);
    const own = deviation * meanFactor(curvature, slopeOfMean);
    const bridge = to.sigma * to.sigma * -Math.expm1(from.logSnr - to.logSnr);
    const lambda = (Math.exp(to.logSnr) - Math.exp(from.logSnr)) * error;
    const excess = 1 / (own * own) - 1 / (bridge * (1 + lambda));
    const slope = (x + (denoised * from.alpha * error) / (from.sigma * from.sigma)) * spread;
    const precision = 1 + excess * slope * slope;
    return precision >= leastPrecision ? { gain: (excess * slope) / precision, precision } : { gain: 0, precision: 1 };
  },
});
