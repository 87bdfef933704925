/** Where the units of each stratum lie, as a pilot saw them, [strata] each: nothing valid depends on it, only how tight the end is. */
export interface Scales {
  readonly centers: Float64Array;
  /** About the largest distance from the center. */
  readonly deviations: Float64Array;
}

/** Distance from the middle, in typical distances, from which on a stratum counts as far. */
const farAway = 8;

/** Scales from pilot values and the stratum of each; `strata` is how many there are, each of which has a value. */
export function scalesOf(values: Float64Array, stratumOf: Uint32Array, strata: number): Scales {
  const counts = new Float64Array(strata);
  const centers = new Float64Array(strata);
  const deviations = new Float64Array(strata);
  values.forEach((value, unit) => {
    const stratum = stratumOf[unit];
    centers[stratum] += (value - centers[stratum]) / ++counts[stratum];
  });
  values.forEach((value, unit) => {
    const stratum = stratumOf[unit];
    deviations[stratum] = Math.max(deviations[stratum], Math.abs(value - centers[stratum]));
  });
  const { middle, typical } = spreadOfSingles(values, stratumOf, counts);
  counts.forEach((count, stratum) => {
    if (count > 1) return;
    deviations[stratum] = Math.abs(centers[stratum] - middle) + typical;
    centers[stratum] = middle;
  });
  return { centers, deviations };
}

/** Strata seen once that lie far from the others: they deserve a second look. */
export function farStrata(values: Float64Array, stratumOf: Uint32Array, strata: number): Uint32Array {
  const { middle, typical } = spreadOfSingles(values, stratumOf, new Float64Array(strata).fill(1));
  return stratumOf.filter((_, unit) => Math.abs(values[unit] - middle) > farAway * typical);
}

/** Median of the strata that were seen once, and the median distance from it. */
function spreadOfSingles(values: Float64Array, stratumOf: Uint32Array, counts: Float64Array) {
  const singles = values.filter((_, unit) => counts[stratumOf[unit]] === 1);
  if (singles.length === 0) return { middle: 0, typical: 0 };
  const middle = median(singles);
  return { middle, typical: median(singles.map((value) => Math.abs(value - middle))) };
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1];
}

/**
 * Units for each stratum, at least one each and `units` in all where that many suffice: half in proportion to the weights, half to weight times
 * deviation, so that no unit's contribution sticks out.
 */
export function allocate(
  weights: Float64Array,
  { deviations }: Pick<Scales, "deviations">,
  units: number,
): Uint32Array {
  const mean = weights.reduce((sum, weight, s) => sum + weight * deviations[s], 0);
  const wanted = weights.map((weight, s) => weight * (mean > 0 ? 1 + deviations[s] / mean : 1));
  const total = wanted.reduce((sum, share) => sum + share, 0);
  const spare = Math.max(0, units - weights.length);
  const shares = wanted.map((share) => (share / total) * spare);
  const counts = Uint32Array.from(shares, (share) => 1 + Math.floor(share));
  const left = spare - counts.reduce((sum, count) => sum + count - 1, 0);
  const byRemainder = Array.from(shares, (share, s) => [share % 1, s] as const).sort(
    (a, b) => b[0] - a[0] || a[1] - b[1],
  );
  for (const [, s] of byRemainder.slice(0, left)) counts[s]++;
  return counts;
}

/** [2, 1] -> [0, 0, 1]. */
export function repeated(counts: Uint32Array): Uint32Array {
  const list = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  counts.forEach((count, s) => {
    list.fill(s, at, at + count);
    at += count;
  });
  return list;
}
