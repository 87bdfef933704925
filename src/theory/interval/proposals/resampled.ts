import { forward } from "./forward.js";
import { proposal } from "./proposal.js";

/** The data's own noise, and paths that the sampler would hardly take are dropped on the way: sequential Monte Carlo. */
export const resampled = proposal({
  ...forward,
  name: "resampled",
  source:
    "docs/theory.md, 2i: sequential Monte Carlo (Del Moral, Feynman-Kac Formulae, 2004), its conditional form (Andrieu, Doucet, Holenstein, J. R. Stat. Soc. B 72, 2010)",
  resamples: true,
  // Rows of the sampler have one system of paths with their own path, and one without.
  cost: 1.5,
});
