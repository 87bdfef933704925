/** States as the corners of a simplex, moved to the mean of their law: plain data. */
export interface OneHot {
  /** Of each state. */
  readonly shares: readonly number[];
  /** Length of a unit. */
  readonly scale: number;
}

/** The one-hot code of states that occur so often, scaled so that its coordinates have this variance together. */
export function oneHotOf(counts: readonly number[], variance: number): OneHot {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => (total === 0 ? 1 / counts.length : count / total));
  const raw =
    shares.length === 2
      ? (shares[0] ?? 0) * (shares[1] ?? 0)
      : 1 - shares.reduce((sum, share) => sum + share * share, 0);
  return { shares, scale: raw > 0 && variance > 0 ? Math.sqrt(variance / raw) : 1 };
}

/** Coordinates of the code: one state needs none, two need one. */
export function oneHotWidth({ shares }: OneHot): number {
  return shares.length > 2 ? shares.length : Math.max(0, shares.length - 1);
}

/** Writes the coordinates of a state. */
export function writeOneHot({ shares, scale }: OneHot, state: number, out: Float32Array, at: number): void {
  const first = shares.length === 2 ? 1 : 0;
  if (shares.length < 2) return;
  for (let each = first; each < shares.length; each++)
    out[at + each - first] = scale * ((each === state ? 1 : 0) - (shares[each] ?? 0));
}

/** The state whose corner is closest; the first of several. */
export function readOneHot(code: OneHot, vectors: Float32Array, at: number): number {
  const states = code.shares.length;
  let [state, most] = [0, -Infinity];
  for (let each = 0; each < states; each++) {
    const value = likenessOf(code, each, vectors, at);
    if (value > most) [state, most] = [each, value];
  }
  return state;
}

/** How much a vector is in a state: 1 at its corner, 0 at those of all others, and 1 over all states together wherever their coordinates sum to 0. */
export function likenessOf({ shares, scale }: OneHot, state: number, vectors: Float32Array, at: number): number {
  if (shares.length < 2) return 1;
  if (shares.length > 2) return (vectors[at + state] ?? 0) / scale + (shares[state] ?? 0);
  const second = (vectors[at] ?? 0) / scale + (shares[1] ?? 0);
  return state === 1 ? second : 1 - second;
}
