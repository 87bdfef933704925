import type { Engine } from "../kernels/index.js";
import { buffersOf } from "../workers/buffers.js";
import { defineTask } from "../workers/task.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import {
  type DenoisingProblem,
  type DenoisingSetup,
  eachLevel,
  openDenoising,
  overRows,
  type RowRange,
  requireFinite,
  squaredErrors,
  type Watching,
} from "./denoising-errors.js";

/** Sums over rows of the squares of each coordinate of X_0 - x0hat(X_t), and of their squares: float64 [levels, dimension] each. */
export interface CoordinateSums {
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
}

/** The same of some rows, and |X_0 - x0hat(X_t)|^2 of each, float64 [levels, count]. */
interface CoordinateRows extends CoordinateSums {
  readonly errors: Float64Array;
}

/** The squared errors of `denoisingErrorRows`, by coordinate and summed over rows too. */
export const coordinateErrorSums = defineTask({
  name: "coordinateErrorSums",
  open: (_engine, setup: DenoisingSetup) => openDenoising(setup),
  run: (engine, problem, { first, count }: RowRange) => sumsOfCoordinates(engine, problem, first, count),
  transfer: (found) => buffersOf(Object.values(found)),
});

/**
 * The sums over rows 0 ... count - 1 in the workers of a pool, of the same draws as those of `denoisingErrors`. The same numbers for any number of workers.
 * @param each is given the squared errors of the rows, block by block, as by `denoisingErrors`.
 */
export async function coordinateErrors(
  pool: WorkerPool,
  setup: DenoisingSetup,
  count: number,
  dimension: number,
  watching: Watching = {},
  each?: (errors: Float64Array, first: number, rows: number) => void,
): Promise<CoordinateSums> {
  const length = setup.logSnr.length * dimension;
  const total = { squares: new Float64Array(length), fourths: new Float64Array(length) };
  const add = ({ squares, fourths, errors }: CoordinateRows, first: number, rows: number) => {
    squares.forEach((value, at) => {
      total.squares[at] += value;
      total.fourths[at] += fourths[at];
    });
    each?.(errors, first, rows);
  };
  await overRows(pool, coordinateErrorSums, setup, count, add, watching);
  return total;
}

function sumsOfCoordinates(engine: Engine, problem: DenoisingProblem, first: number, count: number): CoordinateRows {
  const { dimension: d } = problem.denoiser;
  const { length } = problem.levels;
  const [squares, fourths] = [0, 1].map(() => new Float64Array(length * d));
  const errors = new Float64Array(length * count);
  eachLevel(engine, problem, first, count, ({ index, clean, denoised, norms }) => {
    const [x0, found] = [clean, denoised].map((at) => new Float32Array(engine.arena.buffer, at, count * d));
    requireFinite(found, problem, index, first, d);
    for (let at = 0; at < count * d; at++) {
      const square = (x0[at] - found[at]) ** 2;
      squares[index * d + (at % d)] += square;
      fourths[index * d + (at % d)] += square * square;
    }
    errors.set(squaredErrors(engine, { clean, denoised, norms }, count, d), index * count);
  });
  return { squares, fourths, errors };
}
