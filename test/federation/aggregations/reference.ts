import type { AggregationSpec } from "../../../src/federation/aggregations/index.js";
import type { Table } from "./support.js";

/**
 * The rules once more, as their papers write them, with loops over a table of numbers: slow, without a line of the package. Weights are 1. A parameter that
 * does not move is null.
 */
export function reference(spec: AggregationSpec, table: Table): (number | null)[] {
  switch (spec.kind) {
    case "mean":
      return byParameter(table, meanOf);
    case "median":
      return byParameter(table, middle);
    case "trimmed-mean":
      return byParameter(table, (values) => {
        let cut = Math.ceil((spec.trim ?? 0.25) * values.length);
        while (values.length - 2 * cut < 1) cut--;
        return meanOf(ascending(values).slice(cut, values.length - cut));
      });
    case "norm-clipping": {
      const norms = table.map(wholeNorm);
      const most = spec.norm ?? (spec.factor ?? 1) * middle(norms);
      return byParameter(
        table.map((row, client) =>
          row.map((value) => (value === null || norms[client] <= most ? value : (value * most) / norms[client])),
        ),
        meanOf,
      );
    }
    case "krum":
      return table[best(table, spec.attackers ?? 1)[0]].slice();
    case "multi-krum": {
      const f = spec.attackers ?? 1;
      const chosen = best(table, f).slice(0, Math.min(spec.selected ?? table.length - f, table.length - f));
      return byParameter(
        chosen.map((client) => table[client]),
        meanOf,
      );
    }
    case "geometric-median":
      return geometricMedian(table);
  }
}

/** sum_k |v - u_k|_k, the sum that the geometric median minimizes. */
export function sumOfDistances(table: Table, point: ArrayLike<number | null>): number {
  return table.reduce((sum, row) => sum + distanceTo(row, point), 0);
}

/** The root of P / kept times the sum of squares of what a row keeps. */
export function wholeNorm(row: Table[number]): number {
  return distanceTo(
    row,
    row.map(() => 0),
  );
}

function distanceTo(row: Table[number], point: ArrayLike<number | null>): number {
  const squares = row.flatMap((value, i) => (value === null ? [] : [(value - (point[i] ?? 0)) ** 2]));
  return Math.sqrt((row.length / squares.length) * sumOf(squares));
}

/** Weiszfeld from the mean, for very long. */
function geometricMedian(table: Table): (number | null)[] {
  let point = byParameter(table, meanOf);
  for (let step = 0; step < 3000; step++) {
    const factors = table.map((row) => {
      const kept = row.filter((value) => value !== null).length;
      return row.length / kept / Math.max(1e-6, distanceTo(row, point));
    });
    point = point.map((_, i) => {
      const keepers = table.flatMap((row, client) => (row[i] === null ? [] : [client]));
      if (keepers.length === 0) return null;
      const top = sumOf(keepers.map((client) => factors[client] * (table[client][i] ?? 0)));
      return top / sumOf(keepers.map((client) => factors[client]));
    });
  }
  return point;
}

/** Clients by the score of Krum. */
function best(table: Table, f: number): number[] {
  const scores = table.map((mine, me) => {
    const distances = table.flatMap((other, client) => (client === me ? [] : [squaredDistance(mine, other)]));
    return sumOf(ascending(distances).slice(0, table.length - f - 2));
  });
  return table.map((_, client) => client).sort((a, b) => scores[a] - scores[b] || a - b);
}

function squaredDistance(a: Table[number], b: Table[number]): number {
  const both = a.flatMap((value, i) => {
    const other = b[i];
    return value === null || other === null ? [] : [(value - other) ** 2];
  });
  return (a.length / both.length) * sumOf(both);
}

function byParameter(table: Table, of: (values: number[]) => number): (number | null)[] {
  return table[0].map((_, i) => {
    const values = table.flatMap((row) => row[i] ?? []);
    return values.length === 0 ? null : of(values);
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function middle(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[half - 0.5];
}
