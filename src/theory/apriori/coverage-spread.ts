import type { NetworkSpec } from "../../network/spec.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import type { MaskGroup } from "../../pruning/group.js";

/** Sums over the clients of a round, Gamma_n the fewest clients on any parameter that client n keeps. */
export interface CoverageSpread {
  /** Sum of 1 / Gamma_n. */
  readonly all: number;
  /** Sum of 1 / Gamma_n^2. */
  readonly squared: number;
  /** Sum of 1 / Gamma_n over the clients that prune. */
  readonly pruned: number;
}

/** That of no client. */
export const noSpread: CoverageSpread = { all: 0, squared: 0, pruned: 0 };

/**
 * The spread with `clients` more clients of one mask. A client that keeps nothing adds nothing.
 * @param keep 0 or 1 per parameter.
 * @param coverage Gamma^i, the clients of the round that keep parameter i.
 */
export function addSpread(
  { all, squared, pruned }: CoverageSpread,
  keep: Uint8Array,
  coverage: ArrayLike<number>,
  clients = 1,
): CoverageSpread {
  const gamma = leastCoverage(keep, coverage);
  const isPruned = keep.includes(0);
  return {
    all: all + clients / gamma,
    squared: squared + clients / (gamma * gamma),
    pruned: pruned + (isPruned ? clients / gamma : 0),
  };
}

/** The spread of all clients of a round, by their masks. */
export function coverageSpread(
  network: NetworkSpec,
  groups: readonly MaskGroup[],
  coverage: ArrayLike<number>,
): CoverageSpread {
  return groups.reduce(
    (spread, { mask, clients }) => addSpread(spread, compileMask(network, mask).keep, coverage, clients),
    noSpread,
  );
}

/** Gamma_n of a client's mask; Infinity where it keeps nothing. */
export function leastCoverage(keep: Uint8Array, coverage: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < keep.length; i++) if (keep[i] === 1 && coverage[i] < least) least = coverage[i];
  return least;
}
