import { weighting } from "../weighting.js";

const gamma = 5;

/** min(snr, 5): keeps nearly clean levels from dominating. */
export const minSnr = weighting({
  name: "min-snr",
  source: "Hang et al. 2023 (arXiv 2303.09556), eq. 8 with gamma = 5",
  weight: ({ alpha, sigma }) => Math.min((alpha * alpha) / (sigma * sigma), gamma),
});
