import { weighting } from "../weighting.js";

/** lambda(sigma) = (sigma^2 + sigmaData^2) / (sigma sigmaData)^2 at EDM's noise level sigma / alpha. */
export const edm = weighting({
  name: "edm",
  source: "Karras et al. 2022 (arXiv 2206.00364), table 1",
  weight: ({ alpha, sigma, sigmaData }) => {
    const variance = (sigma * sigma) / (alpha * alpha);
    const dataVariance = sigmaData * sigmaData;
    return (variance + dataVariance) / (variance * dataVariance);
  },
});
