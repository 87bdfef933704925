import { proposal } from "./proposal.js";

/** The data's own noise, step by step. With one path a row its mean cost is the path KL. */
export const forward = proposal({
  name: "forward",
  source: "the forward chain X_t given X_s, s < t",
  resamples: false,
  cost: 1,
  tilt: () => ({ gain: 0, precision: 1 }),
});
