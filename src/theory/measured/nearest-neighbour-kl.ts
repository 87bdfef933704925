import { type Divergence, divergence } from "../../divergence/divergence.js";
import { pooled } from "../../divergence/pairs.js";
import { subsample } from "../../divergence/samples.js";
import { ArgumentError, FedscoreError } from "../../errors.js";
import { type Engine, Purpose, words } from "../../kernels/index.js";
import { type Neighbours, nearestNeighbours } from "./neighbours.js";

/** The k of the estimate. */
const order = 5;
/** Neighbours remembered, so that half of the rows still has k of them: fewer than k of 36 with probability 1e-6. */
const remembered = 36;
const halves = 64;
const maxRows = 10_000;
const normalQuantile = 1.959963984540054;

/** Whether each row of a sample takes part. */
type Part = Uint8Array;

/**
 * KL of the first law to the second from distances to the k-th nearest neighbour, nu in b and rho in a, k = 5:
 *
 *     d/n sum_i log(nu_k(i) / rho_k(i)) + log(m / (n - 1)),
 *
 * consistent for laws with densities (Wang, Kulkarni, Verdu 2009, eq. 5). An estimate, never a certificate: its bias is of the order
 * n^(-1/d) and may have either sign. The interval is value +- 1.96 standard deviations of the estimate over random halves of
 * both samples, a coin for each row (Politis and Romano, Ann. Statist. 22, 1994): it covers the noise and not the bias.
 */
export const nearestNeighbourKl: Divergence = divergence({
  name: "nearestNeighbourKl",
  title: "KL by nearest neighbours (an estimate)",
  unit: "nats",
  source: "Wang, Kulkarni, Verdu, IEEE Trans. Inf. Theory 55 (2009)",
  scaling: "free",
  maxRows,
  evaluate(engine, a, b, dimension, { seed }) {
    const [rowsA, rowsB] = [a, b].map((x) => subsample(engine, x, dimension, maxRows, seed));
    const [n, m] = [rowsA.length / dimension, rowsB.length / dimension];
    if (Math.min(n, m) < 4 * order) {
      throw new ArgumentError("a, b", `must have at least ${4 * order} rows each`, Math.min(n, m));
    }
    const kept = Math.min(remembered, n - 1, m);
    const { own, other } = nearestNeighbours(engine, pooled(rowsA, rowsB, dimension), dimension, n, kept);
    requireDistinct(own, other, n);
    const [allA, allB] = [new Uint8Array(n).fill(1), new Uint8Array(m).fill(1)];
    const value = estimate(own, other, allA, allB, dimension);
    const deviation = spreadOfHalves(engine, own, other, n, m, dimension, seed);
    return {
      value,
      low: value - normalQuantile * deviation,
      high: value + normalQuantile * deviation,
      details: { rowsA: n, rowsB: m, neighbours: order },
    };
  },
});

function requireDistinct(own: Neighbours, other: Neighbours, n: number): void {
  for (let row = 0; row < n; row++) {
    const at = row * own.kept + order - 1;
    if (own.squares[at] > 0 && other.squares[at] > 0) continue;
    throw new FedscoreError(
      "FEDSCORE_INVALID_DATA",
      `row ${row} of a coincides with ${order} other rows: KL by nearest neighbours needs laws with densities`,
      { row },
    );
  }
}

/** The estimate from the rows that take part. A row that has lost all but k - 1 of its remembered neighbours uses the last of them. */
function estimate(own: Neighbours, other: Neighbours, partA: Part, partB: Part, dimension: number): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < partA.length; row++) {
    if (partA[row] === 0) continue;
    count++;
    sum += Math.log(distanceOfOrder(other, row, partB) / distanceOfOrder(own, row, partA));
  }
  const columns = partB.reduce((total, taken) => total + taken, 0);
  return (dimension * sum) / (2 * count) + Math.log(columns / (count - 1));
}

/** Squared distance to the k-th nearest neighbour that takes part. */
function distanceOfOrder({ kept, squares, rows }: Neighbours, query: number, part: Part): number {
  let left = order;
  const base = query * kept;
  for (let at = base; at < base + kept; at++) {
    left -= part[rows[at]];
    if (left === 0) return squares[at];
  }
  return squares[base + kept - 1];
}

/** Standard deviation over random halves: that of the whole estimate, since 1 / (n / 2) - 1 / n = 1 / n. */
function spreadOfHalves(
  engine: Engine,
  own: Neighbours,
  other: Neighbours,
  n: number,
  m: number,
  dimension: number,
  seed: number,
): number {
  const wordsOf = (rows: number) => Math.ceil(rows / 32);
  const each = wordsOf(n) + wordsOf(m);
  const coins = words(engine, halves * each, { seed, purpose: Purpose.bootstrap, round: 1 });
  const half = (rows: number, first: number) => {
    const part = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) part[row] = (coins[first + (row >> 5)] >>> (row & 31)) & 1;
    return part;
  };
  const values = Array.from({ length: halves }, (_, i) => {
    const first = i * each;
    return estimate(own, other, half(n, first), half(m, first + wordsOf(n)), dimension);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / halves;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (halves - 1));
}
