import {
  ArgumentError,
  requireInteger,
  requireIterable,
  requireLength,
  requireObject,
  requireTyped,
} from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { finiteEntries, firstNonFinite } from "./finite.js";
import { gatherInto, requireRows, rowsIn } from "./rows.js";

/**
 * What transforms are fitted from: sums that a client can send instead of its rows. Plain data, all float64.
 */
export interface Moments {
  readonly count: number;
  readonly dimension: number;
  /** Sum of x - origin, [dimension]. */
  readonly sum: Float64Array;
  /** Sum of (x - origin) (x - origin)^T, [dimension, dimension], symmetric. */
  readonly second: Float64Array;
  /** [dimension]; absent: 0. Of rows that lie far from 0 for their spread, squares about 0 would hold nothing else. */
  readonly origin?: Float64Array | undefined;
}

/** Distance from 0, in spreads of a column, from which moments are about an origin: their variance keeps 20 bits up to there. */
const farthest = 2 ** 16;

/** Spread of a column from which float32 does not hold it about its middle: float32 itself ends there on either side. */
const largestSpread = 2 ** 129;

/** Rows that are added up in the kernel before the sums are touched: 128 rows of 784 numbers fit the second-level cache. */
const blockRows = 128;

/** Moments of the given rows of points, float32 or float64 [count, dimension]: what one client sends. */
export function clientMoments(engine: Engine, points: Rows, dimension: number, rows: Uint32Array): Moments {
  return summedMoments(engine, points, dimension, [rows]);
}

/**
 * Moments of all clients, added in client order inside one accumulator: within rounding `sumMoments` of each client's
 * `clientMoments`, without a matrix per client. `clientRows[n]` are the rows of client n.
 */
export function summedMoments(
  engine: Engine,
  points: Rows,
  dimension: number,
  clientRows: Iterable<Uint32Array>,
): Moments {
  requireInteger("dimension", dimension, 1);
  if (!(points instanceof Float64Array)) requireRows("points", points, dimension);
  else if (points.length % dimension !== 0)
    throw new ArgumentError("points", `must have a multiple of ${dimension} entries`, points.length);
  const bad = firstNonFinite(points);
  if (bad >= 0) throw new ArgumentError(`points[${bad}]`, "must be finite", points[bad]);
  requireIterable("clientRows", clientRows);
  const lists = Array.from(clientRows);
  for (const rows of lists) requireClientRows(rows, rowsIn(points, dimension));
  const origin = originOf(points, dimension, lists);
  const panels = Math.ceil(dimension / 4);
  const { arena, kernels } = requireEngine(engine);
  return arena.scope(() => {
    const sum = arena.allocate(panels * 32);
    const second = arena.allocate(panels * panels * 128);
    const packed = arena.allocate(panels * blockRows * 32);
    const block = arena.floats(blockRows * dimension);
    const target = block.array;
    arena.float64(sum, panels * 4).fill(0);
    arena.float64(second, panels * panels * 16).fill(0);
    let count = 0;
    for (const rows of lists) {
      for (let first = 0; first < rows.length; first += blockRows) {
        const chosen = rows.subarray(first, first + blockRows);
        if (points instanceof Float32Array && !origin) gatherInto(target, points, dimension, chosen);
        else gatherAbout(target, points, dimension, chosen, origin ?? new Float64Array(dimension));
        kernels.momentsAdd(block.pointer, chosen.length, dimension, packed, sum, second);
      }
      count += rows.length;
    }
    return {
      count,
      dimension,
      sum: arena.float64(sum, dimension).slice(),
      second: mirrored(arena.float64(second, panels * panels * 16), panels * 4, dimension),
      ...(origin && { origin }),
    };
  });
}

/** float32 or float64 [rows, dimension], in row order. */
export type Rows = Float32Array | Float64Array;

function requireClientRows(rows: Uint32Array, held: number): void {
  requireTyped("rows", rows, Uint32Array);
  const missing = rows.find((row) => row >= held);
  if (missing !== undefined) throw new ArgumentError("rows", `must lie below the ${held} rows of points`, missing);
}

/** The middle of each column, where one lies far from 0 for its spread or float32 does not hold the rows. */
function originOf(points: Rows, dimension: number, lists: readonly Uint32Array[]): Float64Array | undefined {
  const low = new Float64Array(dimension).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(dimension).fill(Number.NEGATIVE_INFINITY);
  for (const rows of lists) {
    for (const row of rows) {
      for (let j = 0, at = row * dimension; j < dimension; j++, at++) {
        if (points[at] < low[j]) low[j] = points[at];
        if (points[at] > high[j]) high[j] = points[at];
      }
    }
  }
  requireSpreads(low, high);
  const isFar = low.some((value, j) => high[j] > value && Math.max(-value, high[j]) > farthest * (high[j] - value));
  return isFar || (points instanceof Float64Array && lists.some((rows) => rows.length > 0))
    ? low.map((value, j) => value + (high[j] - value) / 2)
    : undefined;
}

/** Centred numbers are added up as float32. */
function requireSpreads(low: Float64Array, high: Float64Array): void {
  const wide = low.findIndex((value, column) => high[column] - value >= largestSpread);
  if (wide < 0) return;
  const rule = `must vary by less than ${largestSpread.toPrecision(2)}, which float32 holds`;
  throw new ArgumentError(`points, column ${wide},`, rule, high[wide] - low[wide]);
}

/** Rows less origin, rounded once, to the start of `target`. */
function gatherAbout(
  target: Float32Array,
  points: Rows,
  dimension: number,
  rows: Uint32Array,
  origin: Float64Array,
): void {
  for (let index = 0, to = 0; index < rows.length; index++) {
    for (let j = 0, at = rows[index] * dimension; j < dimension; j++, at++, to++) target[to] = points[at] - origin[j];
  }
}

/** The sum of what clients sent, in the order given. Throws for none, and for unequal dimensions. */
export function sumMoments(moments: Iterable<Moments>): Moments {
  let total: Moments | undefined;
  requireIterable("moments", moments);
  for (const each of moments) {
    requireMoments("moments", each);
    if (!total) {
      total = { ...each, sum: each.sum.slice(), second: each.second.slice() };
      continue;
    }
    requireLength("moments.sum", each.sum, total.sum.length);
    const moved = about(each, total.origin);
    addInto(total.sum, moved.sum);
    addInto(total.second, moved.second);
    total = { ...total, count: total.count + each.count };
  }
  if (!total) throw new ArgumentError("moments", "must come from at least one client", 0);
  finiteEntries("sumMoments().sum", total.sum);
  finiteEntries("sumMoments().second", total.second);
  return total;
}

/** Mean of x, [dimension]. */
export function meanOf(moments: Moments): Float64Array {
  const { count, sum, origin } = requireMoments("moments", moments);
  return finiteEntries(
    "meanOf",
    sum.map((value, j) => value / count + (origin?.[j] ?? 0)),
  );
}

/** Covariance of x, [dimension, dimension], divided by count. */
export function covarianceOf(moments: Moments): Float64Array {
  const { count, dimension, sum, second } = requireMoments("moments", moments);
  const mean = sum.map((value) => value / count);
  return finiteEntries(
    "covarianceOf",
    second.map((value, index) => value / count - mean[Math.floor(index / dimension)] * mean[index % dimension]),
  );
}

/** @throws ArgumentError or ArgumentTypeError where these are no sums of at least one row, named as `${argument}.sum`. */
export function requireMoments(argument: string, moments: Moments): Moments {
  const { count, dimension, sum, second, origin } = requireObject(argument, moments);
  requireInteger(`${argument}.count`, count, 1);
  requireInteger(`${argument}.dimension`, dimension, 1);
  requireTyped(`${argument}.sum`, sum, Float64Array);
  requireTyped(`${argument}.second`, second, Float64Array);
  requireLength(`${argument}.sum`, sum, dimension);
  requireLength(`${argument}.second`, second, dimension * dimension);
  if (origin === undefined) return moments;
  requireTyped(`${argument}.origin`, origin, Float64Array);
  requireLength(`${argument}.origin`, origin, dimension);
  return moments;
}

/** The same sums about another origin. */
function about(moments: Moments, origin: Float64Array | undefined): Moments {
  if (moments.origin === undefined && origin === undefined) return moments;
  const [zeros, ones] = [0, 1].map((value) => new Float64Array(moments.dimension).fill(value));
  const moved = rescaledMoments(moments, origin ?? zeros, ones);
  return origin ? { ...moved, origin } : moved;
}

/** Moments of (x - shift) / scale, coordinate by coordinate, about 0. */
export function rescaledMoments(moments: Moments, center: ArrayLike<number>, scale: ArrayLike<number>): Moments {
  const { count, dimension, sum } = moments;
  const shift = aboutOrigin(moments, center);
  const second = moments.second.map((value, index) => {
    const [i, j] = [Math.floor(index / dimension), index % dimension];
    return (value - shift[i] * sum[j] - sum[i] * shift[j] + count * shift[i] * shift[j]) / (scale[i] * scale[j]);
  });
  return { count, dimension, sum: sum.map((value, i) => (value - count * shift[i]) / scale[i]), second };
}

/** A point as the sums of these moments see it: less their origin. */
export function aboutOrigin({ origin }: Moments, point: ArrayLike<number>): ArrayLike<number> {
  return origin ? origin.map((value, j) => point[j] - value) : point;
}

function addInto(total: Float64Array, term: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] += term[i];
}

/** The full symmetric matrix [dimension, dimension] of one that is filled on and above its diagonal. */
function mirrored(upper: Float64Array, stride: number, dimension: number): Float64Array {
  const full = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = i; j < dimension; j++) full[i * dimension + j] = full[j * dimension + i] = upper[i * stride + j];
  }
  return full;
}
