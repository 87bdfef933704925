/** Independent terms are means over groups of rows, about `p` rows of P and `q` rows of Q in each. */
export interface GroupSizes {
  readonly groups: number;
  readonly p: number;
  readonly q: number;
}

/** As many groups as the smaller of two samples has rows. */
export function groupSizes(rowsOfP: number, rowsOfQ: number): GroupSizes {
  const groups = Math.min(rowsOfP, rowsOfQ);
  return { groups, p: rowsOfP / groups, q: rowsOfQ / groups };
}

/** Adds to each group's term the mean of `map` over its share of the values, in order. */
export function addGroupMeans(terms: Float64Array, values: Float64Array, map: (value: number) => number): void {
  const { length: groups } = terms;
  for (let group = 0; group < groups; group++) {
    const start = Math.floor((group * values.length) / groups);
    const end = Math.floor(((group + 1) * values.length) / groups);
    let sum = 0;
    for (let row = start; row < end; row++) sum += map(values[row]);
    terms[group] += sum / (end - start);
  }
}

/** Mean and variance of `map` over values. */
export function moments(values: Float64Array, map: (value: number) => number): { mean: number; variance: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = map(values[i]);
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, variance: Math.max(0, squares / values.length - mean * mean) };
}
