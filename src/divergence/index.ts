import { familyOf } from "../family.js";
import type { Divergence } from "./divergence.js";
import { energyDistance } from "./energy.js";
import { frechet } from "./frechet.js";
import { mmd } from "./mmd.js";
import { slicedWasserstein2 } from "./sliced-wasserstein.js";

export type { Divergence, DivergenceOptions, Estimate } from "./divergence.js";

/** Every divergence by its name, in the order in which results show them. */
export const divergences = familyOf(slicedWasserstein2, mmd, energyDistance, frechet);

/** Names of the divergences. */
export type DivergenceName = keyof typeof divergences;

/** Heading of a divergence for people; of one that is not in the index, its name. */
export function titleOf(name: string): string {
  const known = new Map<string, Divergence>(Object.entries(divergences));
  return known.get(name)?.title ?? name;
}
