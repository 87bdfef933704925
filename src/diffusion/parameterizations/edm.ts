import { parameterization } from "../parameterization.js";

/**
 * EDM preconditioning, written for x = alpha x_0 + sigma eps (EDM's noise level is sigma / alpha, its input x / alpha):
 * unit-variance inputs and targets at every level.
 */
export const edm = parameterization({
  name: "edm",
  source: "Karras et al. 2022 (arXiv 2206.00364), table 1",
  at: ({ alpha, sigma }, sigmaData) => {
    const variance = sigma * sigma + alpha * alpha * sigmaData * sigmaData;
    const scale = Math.sqrt(variance);
    return {
      cIn: 1 / scale,
      cSkip: (alpha * sigmaData * sigmaData) / variance,
      cOut: (sigma * sigmaData) / scale,
      targetData: sigma / (sigmaData * scale),
      targetNoise: (-alpha * sigmaData) / scale,
    };
  },
});
