/** Values and how many rows each stands for, ascending. */
export interface Points {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

interface Point {
  readonly value: number;
  readonly count: number;
}

/** The different values of a list and their counts. */
export function distinctPoints(values: Float64Array): Points {
  const sorted = values.slice().sort();
  const [distinct, counts]: [number[], number[]] = [[], []];
  for (let row = 0; row < sorted.length; ) {
    const value = sorted[row] ?? 0;
    let next = row + 1;
    while (next < sorted.length && sorted[next] === value) next++;
    distinct.push(value + 0);
    counts.push(next - row);
    row = next;
  }
  return { values: distinct, counts };
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
export function groupedPoints({ values, counts }: Points, least: number, most: number): Points {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < least) return { values: [], counts: [] };
  const enough = Math.max(least, values.length > most ? Math.ceil(total / most) : 1);
  const groups: { value: number; count: number }[] = [];
  let light: Point[] = [];
  let [rows, owed] = [0, 0];
  const close = () => {
    const last = groups.at(-1);
    if (rows >= least) groups.push({ value: meanOf(light), count: rows });
    else if (last) last.count += rows;
    else owed += rows;
    [light, rows] = [[], 0];
  };
  for (const [index, value] of values.entries()) {
    const count = counts[index] ?? 0;
    if (count >= enough) {
      close();
      groups.push({ value, count });
      continue;
    }
    light.push({ value, count });
    rows += count;
    if (rows >= enough) close();
  }
  close();
  const [first] = groups;
  if (first) first.count += owed;
  return mergedPoints([{ values: groups.map(({ value }) => value), counts: groups.map(({ count }) => count) }]);
}

/** The mean, between the first and the last value and without a sum that overflows. */
function meanOf(points: readonly Point[]): number {
  const rows = points.reduce((sum, { count }) => sum + count, 0);
  const mean = points.reduce((sum, { value, count }) => sum + value * (count / rows), 0);
  return Math.min(points.at(-1)?.value ?? mean, Math.max(points[0]?.value ?? mean, mean));
}
