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
export function readOneHot({ shares, scale }: OneHot, vectors: Float32Array, at: number): number {
  if (shares.length < 2) return 0;
  const coordinate = (state: number, place: number) => (vectors[at + place] ?? 0) / scale + (shares[state] ?? 0);
  if (shares.length === 2) return coordinate(1, 0) > 0.5 ? 1 : 0;
  let [state, most] = [0, coordinate(0, 0)];
  for (let each = 1; each < shares.length; each++) {
    const value = coordinate(each, each);
    if (value > most) [state, most] = [each, value];
  }
  return state;
}
