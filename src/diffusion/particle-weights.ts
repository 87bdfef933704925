import type { PortableMath } from "../kernels/index.js";

/** Shares of particles by the logarithms of their weights, to which a common number may be added. */
export function weightShares(logWeights: Float64Array, math: PortableMath): Float64Array {
  const largest = logWeights.reduce((a, b) => Math.max(a, b));
  const weights = logWeights.map((each) => math.exp(each - largest));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** How many equal particles are worth as much: 1 / sum of the squared shares (Kong, Liu and Wong, J. Am. Stat. Assoc. 89, 1994). */
export function effectiveCount(shares: Float64Array): number {
  return 1 / shares.reduce((sum, share) => sum + share * share, 0);
}

/**
 * Ancestors of as many particles, ascending: systematic resampling, Kitagawa (J. Comput. Graph. Stat. 5, 1996). Each particle is taken its share times the number of particles, rounded down or up.
 * @param uniform on (0, 1).
 */
export function systematicAncestors(shares: Float64Array, uniform: number): Uint32Array {
  const count = shares.length;
  const ancestors = new Uint32Array(count);
  for (let each = 0, ancestor = 0, below = shares[0]; each < count; each++) {
    while (below * count < each + uniform && ancestor < count - 1) below += shares[++ancestor];
    ancestors[each] = ancestor;
  }
  return ancestors;
}

/** One particle, each with the probability that its share is. */
export function chosenParticle(shares: Float64Array, uniform: number): number {
  let below = shares[0];
  let chosen = 0;
  while (below < uniform && chosen < shares.length - 1) below += shares[++chosen];
  return chosen;
}
