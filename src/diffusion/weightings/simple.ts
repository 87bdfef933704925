import { weighting } from "../weighting.js";

/** The plain mean squared error of the network's own output: 1 / cOut^2 in denoising terms. */
export const simple = weighting({
  name: "simple",
  source: "Ho et al. 2020 (arXiv 2006.11239), eq. 14",
  weight: ({ preconditioning: { cOut } }) => 1 / (cOut * cOut),
});
