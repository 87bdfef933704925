import { weighting } from "../weighting.js";

/** alpha^2 / sigma^2: the squared error of the noise, whatever the network predicts. */
export const snr = weighting({
  name: "snr",
  source: "Salimans and Ho 2022 (arXiv 2202.00512), section 4",
  weight: ({ alpha, sigma }) => (alpha * alpha) / (sigma * sigma),
});
