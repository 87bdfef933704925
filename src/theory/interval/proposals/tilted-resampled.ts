import { proposal } from "./proposal.js";
import { resampled } from "./resampled.js";
import { tilted } from "./tilted.js";

/** Steps of `tilted`, resampled. */
export const tiltedResampled = proposal({
  ...resampled,
  name: "tilted-resampled",
  tilt: tilted.tilt,
  cost: tilted.cost * resampled.cost,
});
