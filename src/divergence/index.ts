import type { Divergence } from "./divergence.js";
import { energyDistance } from "./energy.js";
import { frechet } from "./frechet.js";
import { mmd } from "./mmd.js";
import { slicedWasserstein2 } from "./sliced-wasserstein.js";

export type { Divergence, DivergenceOptions, Estimate } from "./divergence.js";

/** Every divergence, in the order in which results show them. */
export const divergences: readonly Divergence[] = [slicedWasserstein2, mmd, energyDistance, frechet];
