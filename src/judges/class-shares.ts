import { percentileInterval, resample } from "../divergence/bootstrap.js";
import type { Engine } from "../kernels/index.js";
import { classCount, type JudgedRows } from "./judge.js";
import { replicates } from "./mean-estimate.js";

/** Share of a class among rows, and the ends of its 95 % bootstrap interval. */
export interface ClassShare {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Share of the rows in which the classifier finds each class, float64 [classes]. */
export function sharesOf(rows: JudgedRows): Float64Array {
  return countedShares(rows, rows.predicted);
}

/** The same with intervals over resampled rows. */
export function classShares(engine: Engine, rows: JudgedRows, seed: number): ClassShare[] {
  const { predicted } = rows;
  const values = sharesOf(rows);
  const draws = Array.from(values, () => new Float64Array(replicates));
  resample(engine, predicted.length, replicates, seed, 0, (replicate, drawn) => {
    const places = Int32Array.from(drawn, (row) => predicted[row]);
    countedShares(rows, places).forEach((share, place) => {
      draws[place][replicate] = share;
    });
  });
  return draws.map((each, place) => {
    const [low, high] = percentileInterval(each);
    return { value: values[place], low, high };
  });
}

function countedShares(rows: JudgedRows, places: Int32Array): Float64Array {
  const shares = new Float64Array(classCount(rows));
  for (const place of places) shares[place]++;
  return shares.map((count) => count / places.length);
}
