import type { Witness } from "./witness.js";

/** A partition of space into cells 0 .. count - 1. */
export interface Cells {
  readonly count: number;
  /** The cell of each row. */
  of(points: Float32Array): Uint32Array;
}

/** f = log of the ratio of two smoothed histograms: half a count is added to each cell (Krichevsky, Trofimov 1981), so no cell is empty. */
export function logRatioWitness(cells: Cells, p: Float32Array, q: Float32Array): Witness {
  const [logP, logQ] = [logShares(cells, p), logShares(cells, q)];
  const table = logP.map((value, cell) => value - logQ[cell]);
  return (points) => {
    const chosen = cells.of(points);
    const values = new Float64Array(chosen.length);
    for (let row = 0; row < values.length; row++) values[row] = table[chosen[row]];
    return values;
  };
}

function logShares(cells: Cells, points: Float32Array): Float64Array {
  const chosen = cells.of(points);
  const counts = countsOf(cells.count, chosen);
  return Float64Array.from(counts, (count) => Math.log((count + 0.5) / (chosen.length + 0.5 * cells.count)));
}

/** Rows in each cell. */
export function countsOf(count: number, chosen: Uint32Array): Uint32Array {
  const counts = new Uint32Array(count);
  for (const cell of chosen) counts[cell]++;
  return counts;
}

/** At most `count` intervals of a line that hold about equal parts of the values; fewer where values repeat. */
export function equiprobableEdges(values: Float64Array, count: number): Float64Array {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let i = 1; i < count; i++) {
    const edge = sorted[Math.floor((i * sorted.length) / count)];
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return Float64Array.from(edges);
}

/** Number of edges below the value: interval i is (edges[i - 1], edges[i]]. */
export function intervalOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
