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
  type Watching,
} from "./denoising-errors.js";

/** Sums over rows of the squares of each coordinate of X_0 - x0hat(X_t), and of their squares: float64 [levels, dimension] each. */
export interface CoordinateSums {
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
}

/** The squared errors of `denoisingErrorRows` by coordinate, summed over rows. */
export const coordinateErrorSums = defineTask({
  name: "coordinateErrorSums",
  open: (_engine, setup: DenoisingSetup) => openDenoising(setup),
  run: (engine, problem, { first, count }: RowRange) => sumsOfCoordinates(engine, problem, first, count),
  transfer: ({ squares, fourths }) => buffersOf([squares, fourths]),
});

/** The sums over rows 0 ... count - 1 in the workers of a pool, of the same draws as those of `denoisingErrors`. The same numbers for any number of workers. */
export async function coordinateErrors(
  pool: WorkerPool,
  setup: DenoisingSetup,
  count: number,
  dimension: number,
  watching: Watching = {},
): Promise<CoordinateSums> {
  const length = setup.logSnr.length * dimension;
  const total = { squares: new Float64Array(length), fourths: new Float64Array(length) };
  const add = ({ squares, fourths }: CoordinateSums) => {
    squares.forEach((value, at) => {
      total.squares[at] += value;
      total.fourths[at] += fourths[at];
    });
  };
  await overRows(pool, coordinateErrorSums, setup, count, add, watching);
  return total;
}

function sumsOfCoordinates(engine: Engine, problem: DenoisingProblem, first: number, count: number): CoordinateSums {
  const { dimension: d } = problem.denoiser;
  const length = problem.levels.length * d;
  const sums = { squares: new Float64Array(length), fourths: new Float64Array(length) };
  eachLevel(engine, problem, first, count, ({ index, clean, denoised }) => {
    const [x0, found] = [clean, denoised].map((at) => new Float32Array(engine.arena.buffer, at, count * d));
    requireFinite(found, problem, index, first, d);
    for (let at = 0; at < count * d; at++) {
      const square = (x0[at] - found[at]) ** 2;
      sums.squares[index * d + (at % d)] += square;
      sums.fourths[index * d + (at % d)] += square * square;
    }
  });
  return sums;
}
