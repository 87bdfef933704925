import { atFloat32, type Engine, nullPointer, type Pointer, packedLength } from "../kernels/index.js";
import { linearBootstrap, percentileInterval } from "./bootstrap.js";
import { divergence } from "./divergence.js";
import { randomFrames } from "./frames.js";
import { centred, columnMeans, subsample } from "./samples.js";

const directions = 256;
const largestFrame = 32;
const replicates = 1000;
const maxRows = 20_000;

/** A sample in wasm memory, ready to be projected on a frame of directions and sorted along one of them. */
interface Projections {
  readonly rows: number;
  readonly sorted: Pointer;
  readonly order: Pointer;
  /** float64 [rows]: sums of Kantorovich potentials. */
  readonly potential: Pointer;
  project(frame: Pointer): void;
  sort(direction: number): void;
}

function openProjections(engine: Engine, x: Float32Array, dimension: number, frameSize: number): Projections {
  const { arena, kernels } = engine;
  const rows = x.length / dimension;
  const packed = arena.floats(packedLength(dimension, rows)).pointer;
  const projected = arena.floats(frameSize * rows).pointer;
  const sorted = arena.floats(rows).pointer;
  const order = arena.allocate(4 * rows);
  const potential = arena.allocate(8 * rows);
  const scratch = arena.allocate(16 * rows + 24576);
  arena.scope(() => {
    kernels.packPanelsTransposed(arena.copyIn(x).pointer, dimension, dimension, rows, packed);
  });
  arena.float64(potential, rows).fill(0);
  return {
    rows,
    sorted,
    order,
    potential,
    project: (frame) =>
      kernels.gemm(0, frame, dimension, packed, nullPointer, projected, rows, frameSize, rows, dimension),
    sort: (direction) => kernels.argsort(atFloat32(projected, rows * direction), rows, sorted, order, scratch),
  };
}

interface CentredTransport {
  /** Mean over the directions of each frame of W2^2 between the projected samples: float64 [frames]. */
  readonly frameMeans: Float64Array;
  /** Kantorovich potentials of each row, mean over all directions: float64 [n] and [m]. */
  readonly potentialA: Float64Array;
  readonly potentialB: Float64Array;
}

/** Transport between two samples of mean 0 along random directions. */
function transportAlongDirections(
  engine: Engine,
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  seed: number,
): CentredTransport {
  const { arena, kernels } = engine;
  const size = Math.min(dimension, largestFrame);
  const count = dimension === 1 ? 1 : Math.ceil(directions / size);
  const frames = randomFrames(engine, dimension, size, count, seed);
  return arena.scope(() => {
    const frame = arena.copyIn(frames.directions).pointer;
    const left = openProjections(engine, a, dimension, size);
    const right = openProjections(engine, b, dimension, size);
    const frameMeans = new Float64Array(count);
    for (let f = 0; f < count; f++) {
      const rows = atFloat32(frame, f * size * dimension);
      left.project(rows);
      right.project(rows);
      for (let direction = 0; direction < size; direction++) {
        left.sort(direction);
        right.sort(direction);
        frameMeans[f] +=
          kernels.wasserstein1d(
            left.sorted,
            left.order,
            left.rows,
            right.sorted,
            right.order,
            right.rows,
            left.potential,
            right.potential,
          ) / size;
      }
    }
    const meanPotential = (side: Projections) =>
      arena.float64(side.potential, side.rows).map((sum) => sum / (count * size));
    return { frameMeans, potentialA: meanPotential(left), potentialB: meanPotential(right) };
  });
}

/** rows[i] . vector / dimension, added to each entry of `to`. */
function addProjection(to: Float64Array, rows: Float32Array, vector: Float64Array, factor: number): void {
  const d = vector.length;
  for (let i = 0; i < to.length; i++) {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += rows[i * d + k] * vector[k];
    to[i] += (factor * sum) / d;
  }
}

/**
 * Sliced Wasserstein-2: the root of the mean, over directions uniform on the sphere, of W2^2 between the one-dimensional projections. W2 on a line is
 * exact, also for n != m. The means' part, |mean a - mean b|^2 / d, is averaged over all directions exactly; only the centred
 * rest is averaged over random directions.
 *
 * The interval is a bootstrap of the first-order expansion of SW2^2: a row's influence is its Kantorovich potential, averaged over directions
 * (del Barrio and Loubes 2019 on the line, Manole et al. 2022 sliced), and directions are resampled by frames. It
 * does not correct the plug-in bias, which is upward and of the order of the value between two samples of the same law.
 */
export const slicedWasserstein2 = divergence({
  name: "slicedWasserstein2",
  title: "Sliced Wasserstein-2",
  unit: "data units",
  source: "Bonneel et al., J. Math. Imaging Vis. 51 (2015); Manole, Balakrishnan, Wasserman, EJS 16 (2022)",
  scaling: "linear",
  maxRows,
  evaluate(engine, a, b, dimension, { seed }) {
    const [rowsA, rowsB] = [a, b].map((x) => subsample(engine, x, dimension, maxRows, seed));
    const [meanA, meanB] = [rowsA, rowsB].map((x) => columnMeans(x, dimension));
    const [x, y] = [centred(rowsA, meanA), centred(rowsB, meanB)];
    const shift = meanA.map((value, k) => value - meanB[k]);
    const { frameMeans, potentialA, potentialB } = transportAlongDirections(engine, x, y, dimension, seed);
    const shiftPart = shift.reduce((sum, value) => sum + value * value, 0) / dimension;
    const square = shiftPart + frameMeans.reduce((sum, value) => sum + value, 0) / frameMeans.length;
    addProjection(potentialA, x, shift, 2);
    addProjection(potentialB, y, shift, -2);
    const deviations = linearBootstrap(engine, [potentialA, potentialB, frameMeans], replicates, seed);
    const [low, high] = percentileInterval(deviations).map((deviation) => Math.sqrt(Math.max(0, square + deviation)));
    return {
      value: Math.sqrt(square),
      low,
      high,
      details: {
        rowsA: x.length / dimension,
        rowsB: y.length / dimension,
        directions: frameMeans.length * Math.min(dimension, largestFrame),
      },
    };
  },
});
