import type { Column, NumberColumn } from "../column.js";
import { extremes, gapsIn, presentNumbers, sharedCodes } from "../present.js";
import { alikeColumns } from "../require-tables.js";
import { around, bothReach, sharesReach } from "./intervals.js";
import { measured, notMeasured } from "./measured.js";
import { pairMeasure } from "./pair-measure.js";

/** Bins of a number column. */
const bins = 10;

/**
 * 1 - the total variation distance between the shares of pairs of categories. Gaps are one more category. Numbers are sorted into 10 bins of equal width
 * over the range of the real column, the outer ones open. The interval is that of TVComplement over all pairs; pairs with binned numbers have none,
 * since the bins are made from the rows.
 */
export const contingencySimilarity = pairMeasure({
  name: "ContingencySimilarity",
  title: "Contingency similarity",
  columns: "any",
  source: "docs.sdv.dev/sdmetrics, ContingencySimilarity; interval: Weissman et al., HPL-2003-97, of both samples",
  evaluate(real, synthetic) {
    const [realRows, syntheticRows] = [real, synthetic].map(([first]) => first.missing.length);
    if (realRows === 0) return notMeasured("the real table has no rows");
    if (syntheticRows === 0) return notMeasured("the synthetic table has no rows");
    const first = cellsOf(real[0], synthetic[0]);
    const second = cellsOf(real[1], synthetic[1]);
    const counts = [0, 1].map((table) => countPairs(first.codes[table], second.codes[table], second.count + 1));
    const value = Math.max(0, 1 - variation(counts[0], counts[1], realRows, syntheticRows));
    const cells = first.occupied * second.occupied;
    const isListed = real.every(({ kind }) => kind === "category");
    const reach = bothReach((rows, error) => sharesReach(cells, rows, error), realRows, syntheticRows);
    const interval = isListed ? around(value, reach) : null;
    return measured("ContingencySimilarity", value, interval, { realRows, syntheticRows, cells });
  },
});

interface Cells {
  /** Codes of gaps. */
  readonly count: number;
  /** Categories, and gaps where there are some. */
  readonly occupied: number;
  /** Of the real and the synthetic column. */
  readonly codes: readonly Uint32Array[];
}

function cellsOf(real: Column, synthetic: Column): Cells {
  const gaps = Math.sign(gapsIn(real) + gapsIn(synthetic));
  const pair = alikeColumns(real, synthetic);
  if (pair.kind === "category") {
    const { count, codes } = sharedCodes(pair.real, pair.synthetic);
    return { count, codes, occupied: count + gaps };
  }
  const edges = innerEdges(pair.real);
  const codes = [pair.real, pair.synthetic].map(({ values, missing }) =>
    Uint32Array.from(values, (value, row) => (missing[row] ? bins : binOf(edges, value))),
  );
  return { count: bins, codes, occupied: bins + gaps };
}

/** Where one bin ends and the next begins, as numpy.histogram_bin_edges has them. */
function innerEdges(column: NumberColumn): Float64Array {
  const values = presentNumbers(column);
  const { low, high } = values.length === 0 ? { low: 0, high: 1 } : extremes(values);
  const [from, to] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const width = Number.isFinite(to - from) ? (to - from) / bins : to / bins - from / bins;
  return Float64Array.from({ length: bins - 1 }, (_, edge) => from + (edge + 1) * width);
}

function binOf(edges: Float64Array, value: number): number {
  let bin = 0;
  while (bin < edges.length && edges[bin] <= value) bin++;
  return bin;
}

function countPairs(a: Uint32Array, b: Uint32Array, stride: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let row = 0; row < a.length; row++) {
    const cell = a[row] * stride + b[row];
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

function variation(a: Map<number, number>, b: Map<number, number>, rowsA: number, rowsB: number): number {
  let sum = 0;
  for (const [cell, hits] of a) sum += Math.abs(hits / rowsA - (b.get(cell) ?? 0) / rowsB);
  for (const [cell, hits] of b) if (!a.has(cell)) sum += hits / rowsB;
  return sum / 2;
}
