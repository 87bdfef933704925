import type { Points } from "../summary/points.js";
import { normalQuantile } from "./normal-quantile.js";

/** An increasing map between numbers and normal scores, straight between its knots: plain data. */
export interface QuantileMap {
  /** Ascending. */
  readonly values: readonly number[];
  /** Ascending numbers of float32, one a value. */
  readonly normals: readonly number[];
  /** Rows that each value stands for. */
  readonly counts: readonly number[];
  /**
   * What a number between the first and the last value may move by in a vector and back. Where that is less than half a step of the
   * column's grid, all of these numbers come back as they were; `values` always do.
   */
  readonly resolution: number;
}

/** Scores end here: beyond it a number is as far away as one can be. */
const farthest = 8;

/** The map under which these values have normal scores with mean 0 and variance 1. */
export function quantileMapOf({ values, counts }: Points): QuantileMap {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  const scores = counts.map((count) => {
    const middle = (below + count / 2) / total;
    below += count;
    return normalQuantile(middle);
  });
  const weigh = (of: (score: number) => number) =>
    scores.reduce((sum, score, index) => sum + of(score) * ((counts[index] ?? 0) / total), 0);
  const mean = weigh((score) => score);
  const deviation = Math.sqrt(weigh((score) => (score - mean) ** 2));
  const normals = ascending(scores.map((score) => (deviation > 0 ? (score - mean) / deviation : 0)));
  return { values, normals, counts, resolution: resolutionOf(values, normals) };
}

/** The scores in float32, each moved up to the next number where it is no larger than the one before. */
function ascending(scores: readonly number[]): number[] {
  let last = -Infinity;
  return scores.map((score) => {
    const rounded = Math.fround(score);
    last = rounded > last ? rounded : nextUp(last);
    return last;
  });
}

/** The next larger number of float32. */
function nextUp(value: number): number {
  const float = Float32Array.of(value);
  const bits = new Int32Array(float.buffer);
  if (value === 0) return 2 ** -149;
  bits[0] = (bits[0] ?? 0) + (value > 0 ? 1 : -1);
  return float[0] ?? value;
}

/** Half a unit in the last place of a score in float32 times the steepest slope there, and the rounding of doubles. */
function resolutionOf(values: readonly number[], normals: readonly number[]): number {
  let largest = 0;
  for (let knot = 0; knot + 1 < values.length; knot++) {
    const [from, to, low, high] = [
      values[knot] ?? 0,
      values[knot + 1] ?? 0,
      normals[knot] ?? 0,
      normals[knot + 1] ?? 0,
    ];
    const rounding = 2 ** -50 * Math.max(Math.abs(from), Math.abs(to));
    largest = Math.max(largest, halfUlp(Math.max(-low, high)) * ((to - from) / (high - low)) + rounding);
  }
  return Math.min(largest, Number.MAX_VALUE);
}

function halfUlp(magnitude: number): number {
  let [half, end] = [2 ** -25, 1];
  for (; end <= magnitude; end *= 2) half *= 2;
  return half;
}

/** The score of a number. */
export function scoreOf({ values, normals }: QuantileMap, value: number, step: number): number {
  const score = along(values, normals, value, { from: step, to: 1 });
  return Math.fround(Math.min(farthest, Math.max(-farthest, score)));
}

/** The number of a score. */
export function numberOf({ values, normals }: QuantileMap, score: number, step: number): number {
  return along(normals, values, score, { from: 1, to: step });
}

/** Where a broken line through (xs, ys) is at x; beyond its ends it goes on as it ended, and a single point has the slope of `lone`. */
export function along(
  xs: readonly number[],
  ys: readonly number[],
  x: number,
  lone: { readonly from: number; readonly to: number } = { from: 1, to: 1 },
): number {
  const [first = 0, origin = 0] = [xs[0], ys[0]];
  if (x === first) return origin;
  if (xs.length === 1) return between(origin, origin + lone.to, fraction(x, first, first + lone.from));
  const below = lastNotAbove(xs, x);
  const knot = Math.min(Math.max(below, 0), xs.length - 2);
  const [from, to, low, high] = [xs[knot] ?? 0, xs[knot + 1] ?? 0, ys[knot] ?? 0, ys[knot + 1] ?? 0];
  if (x === from) return low;
  if (x === to) return high;
  const y = between(low, high, fraction(x, from, to));
  const isInside = x > from && x < to;
  return isInside ? Math.min(high, Math.max(low, y)) : y;
}

/** Index of the last entry that is at most x; -1 where there is none. */
function lastNotAbove(ascending: readonly number[], x: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where x is on the way from one number to another; halves of numbers whose difference is none. */
function fraction(x: number, from: number, to: number): number {
  const holds = Number.isFinite(to - from) && Number.isFinite(x - from);
  return holds ? (x - from) / (to - from) : (x / 2 - from / 2) / (to / 2 - from / 2);
}

function between(from: number, to: number, share: number): number {
  return Number.isFinite(to - from) ? from + share * (to - from) : 2 * (from / 2 + share * (to / 2 - from / 2));
}
