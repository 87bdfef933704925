import { gatherRows, rowsIn } from "../data/rows.js";
import { largestMagnitude, powerOfTwo } from "../data/scale.js";
import { ArgumentError, FedscoreError, requireFloats, requireInteger } from "../errors.js";
import { type Engine, Purpose, RandomStream } from "../kernels/index.js";

/** Throws unless x is float32 [n, dimension] with n >= 2 and every value is finite; names the row of the first that is not. */
function requireSample(argument: string, x: Float32Array, dimension: number): void {
  requireFloats(argument, x);
  if (x.length % dimension !== 0 || x.length < 2 * dimension) {
    throw new ArgumentError(argument, `must hold at least 2 rows of ${dimension} values`, x.length);
  }
  let at = 0;
  while (at < x.length && Number.isFinite(x[at])) at++;
  if (at === x.length) return;
  const row = Math.floor(at / dimension);
  const column = at % dimension;
  throw new FedscoreError(
    "FEDSCORE_NON_FINITE",
    `${argument}: row ${row}, column ${column} is ${x[at]}; samples must be finite`,
    {
      argument,
      row,
      column,
    },
  );
}

/** The same for samples under the names that the caller has for them. */
export function requireSamples(samples: Readonly<Record<string, Float32Array>>, dimension: number): void {
  requireInteger("dimension", dimension, 1);
  for (const [argument, x] of Object.entries(samples)) requireSample(argument, x, dimension);
}

/**
 * At most `maxRows` rows of x, float32 [n, dimension]: x itself, or rows drawn without replacement, kept in order.
 * A function of the seed and n: samples of equal size give the same row numbers.
 */
export function subsample(
  engine: Engine,
  x: Float32Array,
  dimension: number,
  maxRows: number,
  seed: number,
): Float32Array {
  const n = rowsIn(x, dimension);
  if (n <= maxRows) return x;
  const rows = Uint32Array.from({ length: n }, (_, row) => row);
  new RandomStream(engine, { seed, purpose: Purpose.subsample }).shuffle(rows);
  return gatherRows(x, dimension, rows.subarray(0, maxRows).sort());
}

/** Column means of x, float32 [n, dimension], in float64. */
export function columnMeans(x: Float32Array, dimension: number): Float64Array {
  const means = new Float64Array(dimension);
  for (let at = 0; at < x.length; ) for (let k = 0; k < dimension; k++, at++) means[k] += x[at];
  return means.map((sum) => sum / (x.length / dimension));
}

/** x - origin, row by row, rounded once to float32. */
export function centred(x: Float32Array, origin: Float64Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(x.length);
  for (let at = 0; at < x.length; ) for (let k = 0; k < origin.length; k++, at++) out[at] = x[at] - origin[k];
  return out;
}

/** The power of two just below the largest magnitude of both samples; 1 where all is 0. */
export function commonScale(a: Float32Array, b: Float32Array): number {
  return powerOfTwo(Math.max(largestMagnitude(a), largestMagnitude(b)));
}

/** x / scale, a power of two: the same digits. */
export function scaled(x: Float32Array, scale: number): Float32Array {
  return scale === 1 ? x : x.map((value) => value / scale);
}
