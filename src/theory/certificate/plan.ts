/** Where the units of each stratum lie, as a pilot saw them, [strata] each: nothing valid depends on it, only how tight the end is. */
export interface Scales {
  readonly centers: Float64Array;
  /** About the largest distance from the center. */
  readonly deviations: Float64Array;
}

/** Distance from the middle, in typical distances, from which on a stratum that was seen once is its own center. */
const farAway = 8;

/** Scales from pilot values and the stratum of each; `strata` is how many there are. */
export function scalesOf(values: Float64Array, stratumOf: Uint32Array, strata: number): Scales {
  return values.length === strata ? scalesOfSingles(values, stratumOf) : scalesOfSeveral(values, stratumOf, strata);
}

function scalesOfSeveral(values: Float64Array, stratumOf: Uint32Array, strata: number): Scales {
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
  return { centers, deviations };
}

/** One value a stratum: the median of all is the center, but for strata that lie far from it. */
function scalesOfSingles(values: Float64Array, stratumOf: Uint32Array): Scales {
  const middle = median(values);
  const distances = values.map((value) => Math.abs(value - middle));
  const typical = median(distances);
  const centers = new Float64Array(values.length);
  const deviations = new Float64Array(values.length);
  values.forEach((value, unit) => {
    const far = distances[unit] > farAway * typical;
    centers[stratumOf[unit]] = far ? value : middle;
    deviations[stratumOf[unit]] = (far ? 0.5 : 1) * distances[unit] + typical;
  });
  return { centers, deviations };
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
