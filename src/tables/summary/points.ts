/** Values and how many rows each stands for, ascending. */
export interface Points {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/** The same of as many values as there may be rows. */
export interface ManyPoints {
  readonly values: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/** The different values of a list and their counts. */
export function distinctPoints(values: Float64Array): ManyPoints {
  const sorted = values.slice().sort();
  const counts = new Uint32Array(sorted.length);
  let distinct = 0;
  for (let row = 0; row < sorted.length; ) {
    const value = sorted[row];
    let next = row + 1;
    while (next < sorted.length && sorted[next] === value) next++;
    sorted[distinct] = value + 0;
    counts[distinct++] = next - row;
    row = next;
  }
  return { values: sorted.subarray(0, distinct), counts: counts.subarray(0, distinct) };
}

/** The points of all lists together; equal values are one point. Counts are integers, so the order of the lists changes nothing. */
export function mergedPoints(lists: readonly Points[]): Points {
  const counts = new Map<number, number>();
  for (const list of lists)
    for (const [index, value] of list.values.entries())
      counts.set(value, (counts.get(value) ?? 0) + (list.counts[index] ?? 0));
  const values = [...counts.keys()].sort((a, b) => a - b);
  return { values, counts: values.map((value) => counts.get(value) ?? 0) };
}

/**
 * Points of at least `least` rows each, about `most` of them: univariate microaggregation (Domingo-Ferrer and Mateo-Sanz, "Practical data-oriented microaggregation for statistical disclosure control",
 * 2002), but for values that have so many rows by themselves, which stay as they are. In between, neighbours are joined to their mean until they are enough; a rest that is not
 * is counted with the point beside it, whose value stays. Fewer than `least` rows give no point at all.
 */
export function groupedPoints(points: ManyPoints, least: number, most: number): Points {
  const { values, counts } = points;
  const total = sumOf(counts, 0, counts.length);
  if (total < least) return { values: [], counts: [] };
  const enough = Math.max(least, values.length > most ? Math.ceil(total / most) : 1);
  const groups: { value: number; count: number }[] = [];
  /** The light points from `first` on. */
  let [first, rows, owed] = [0, 0, 0];
  const close = (end: number) => {
    const last = groups.at(-1);
    if (rows >= least) groups.push({ value: meanOf(points, first, end), count: rows });
    else if (last) last.count += rows;
    else owed += rows;
    [first, rows] = [end, 0];
  };
  for (let index = 0; index < values.length; index++) {
    const count = counts[index];
    if (count >= enough) {
      close(index);
      groups.push({ value: values[index], count });
      first = index + 1;
      continue;
    }
    rows += count;
    if (rows >= enough) close(index + 1);
  }
  close(values.length);
  const [lowest] = groups;
  if (lowest) lowest.count += owed;
  return mergedPoints([{ values: groups.map(({ value }) => value), counts: groups.map(({ count }) => count) }]);
}

/** The mean of the points before `end`, between the first and the last value and without a sum that overflows. */
function meanOf({ values, counts }: ManyPoints, first: number, end: number): number {
  const rows = sumOf(counts, first, end);
  let mean = 0;
  for (let index = first; index < end; index++) mean += values[index] * (counts[index] / rows);
  return Math.min(values[end - 1], Math.max(values[first], mean));
}

function sumOf(counts: ArrayLike<number>, first: number, end: number): number {
  let sum = 0;
  for (let index = first; index < end; index++) sum += counts[index];
  return sum;
}
