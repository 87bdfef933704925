import {
  ArgumentError,
  requireInteger,
  requireIterable,
  requireLength,
  requireObject,
  requireTyped,
} from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { gatherInto, requireRows, rowsIn } from "./rows.js";

/**
 * What transforms are fitted from: sums that a client can send instead of its rows. Plain data, all float64.
 */
export interface Moments {
  readonly count: number;
  readonly dimension: number;
  /** Sum of x, [dimension]. */
  readonly sum: Float64Array;
  /** Sum of x x^T, [dimension, dimension], symmetric. */
  readonly second: Float64Array;
}

/** Rows that are added up in the kernel before the sums are touched: 128 rows of 784 numbers fit the second-level cache. */
const blockRows = 128;

/** Moments of the given rows of points, float32 [count, dimension]: what one client sends. */
export function clientMoments(engine: Engine, points: Float32Array, dimension: number, rows: Uint32Array): Moments {
  return summedMoments(engine, points, dimension, [rows]);
}

/**
 * Moments of all clients, added in client order inside one accumulator: within rounding `sumMoments` of each client's
 * `clientMoments`, without a matrix per client. `clientRows[n]` are the rows of client n.
 */
export function summedMoments(
  engine: Engine,
  points: Float32Array,
  dimension: number,
  clientRows: Iterable<Uint32Array>,
): Moments {
  requireInteger("dimension", dimension, 1);
  requireRows("points", points, dimension);
  requireIterable("clientRows", clientRows);
  const panels = Math.ceil(dimension / 4);
  const { arena, kernels } = requireEngine(engine);
  return arena.scope(() => {
    const sum = arena.allocate(panels * 32);
    const second = arena.allocate(panels * panels * 128);
    const packed = arena.allocate(panels * blockRows * 32);
    const block = arena.floats(blockRows * dimension);
    const target = block.array;
    const held = rowsIn(points, dimension);
    arena.float64(sum, panels * 4).fill(0);
    arena.float64(second, panels * panels * 16).fill(0);
    let count = 0;
    for (const rows of clientRows) {
      requireTyped("rows", rows, Uint32Array);
      for (let first = 0; first < rows.length; first += blockRows) {
        const chosen = rows.subarray(first, first + blockRows);
        const missing = chosen.find((row) => row + 1 > held);
        if (missing !== undefined)
          throw new ArgumentError("rows", `must lie below the ${held} rows of points`, missing);
        gatherInto(target, points, dimension, chosen);
        kernels.momentsAdd(block.pointer, chosen.length, dimension, packed, sum, second);
      }
      count += rows.length;
    }
    return {
      count,
      dimension,
      sum: arena.float64(sum, dimension).slice(),
      second: mirrored(arena.float64(second, panels * panels * 16), panels * 4, dimension),
    };
  });
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
    addInto(total.sum, each.sum);
    addInto(total.second, each.second);
    total = { ...total, count: total.count + each.count };
  }
  if (!total) throw new ArgumentError("moments", "must come from at least one client", 0);
  return total;
}

/** Mean of x, [dimension]. */
export function meanOf(moments: Moments): Float64Array {
  const { count, sum } = requireMoments("moments", moments);
  return sum.map((value) => value / count);
}

/** Covariance of x, [dimension, dimension], divided by count. */
export function covarianceOf(moments: Moments): Float64Array {
  const { count, dimension, second } = requireMoments("moments", moments);
  const mean = meanOf(moments);
  return second.map((value, index) => value / count - mean[Math.floor(index / dimension)] * mean[index % dimension]);
}

/** @throws ArgumentError or ArgumentTypeError where these are no sums of at least one row, named as `${argument}.sum`. */
export function requireMoments(argument: string, moments: Moments): Moments {
  const { count, dimension, sum, second } = requireObject(argument, moments);
  requireInteger(`${argument}.count`, count, 1);
  requireInteger(`${argument}.dimension`, dimension, 1);
  requireTyped(`${argument}.sum`, sum, Float64Array);
  requireTyped(`${argument}.second`, second, Float64Array);
  requireLength(`${argument}.sum`, sum, dimension);
  requireLength(`${argument}.second`, second, dimension * dimension);
  return moments;
}

/** Moments of (x - shift) / scale, coordinate by coordinate. */
export function rescaledMoments(moments: Moments, shift: ArrayLike<number>, scale: ArrayLike<number>): Moments {
  const { count, dimension, sum } = moments;
  const second = moments.second.map((value, index) => {
    const [i, j] = [Math.floor(index / dimension), index % dimension];
    return (value - shift[i] * sum[j] - sum[i] * shift[j] + count * shift[i] * shift[j]) / (scale[i] * scale[j]);
  });
  return { count, dimension, sum: sum.map((value, i) => (value - count * shift[i]) / scale[i]), second };
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
