import type { Denoiser } from "../diffusion/denoiser.js";
import { member } from "../family.js";
import { type Engine, Purpose, uniforms, words } from "../kernels/index.js";
import type { Target } from "./target.js";
import { type IntervalMoments, intervalMoments } from "./truncated-normal.js";

const side = 4;
const corner = -2;

/** What a coordinate's even and odd intervals (columns or rows) have of the Gaussian around it. */
type Parity = readonly [IntervalMoments, IntervalMoments];

/** Uniform on the 8 black unit squares (column + row even) of a 4 x 4 board on [-2, 2]^2. Labels: the square, 0 to 7. */
export const checkerboard = member({
  kind: "checkerboard",
  text: "Uniform on the black squares of a board, in the plane.",
  fields: {},
  create(): Target {
    return {
      name: "checkerboard",
      dimension: 2,
      denoiser,
      // Each coordinate alone is uniform on [-2, 2].
      secondMoment: 8 / 3,
      cells: {
        noun: "squares",
        weights: new Float64Array(8).fill(1 / 8),
        draw: (engine, squares, seed, first) => {
          const points = uniforms(engine, 2 * squares.length, { seed, purpose: Purpose.certificateData }, 2 * first);
          return { points: placed(points, squares) };
        },
      },
      sample: (engine, count, seed, first = 0) => {
        const squares = words(engine, count, { seed, purpose: Purpose.targetLabel }, first);
        const points = uniforms(engine, 2 * count, { seed, purpose: Purpose.target }, 2 * first);
        const labels = Int32Array.from(squares, (word) => word >>> 29);
        return { points: placed(points, labels), labels };
      },
      marginalLogDensity: (engine, x, { alpha, sigma }) =>
        sigma === 0
          ? boardLogDensity(x, alpha)
          : rowsOf(x, (x1, x2) => {
              const { logMass } = onBlack(engine, x1 / alpha, x2 / alpha, sigma / alpha);
              // Density 1/8 on the board, of X_t / alpha, then of X_t.
              return engine.kernels.mathLog(1 / 8 / (alpha * alpha)) + logMass;
            }),
      logDensity: (_engine, points) => boardLogDensity(points, 1),
    };
  },
});

/** Moves points of the unit square to their squares of the board, in place. */
function placed(points: Float32Array, squares: ArrayLike<number>): Float32Array {
  for (let i = 0; i < squares.length; i++) {
    const row = squares[i] >> 1;
    const column = 2 * (squares[i] & 1) + (row & 1);
    points[2 * i] += corner + column;
    points[2 * i + 1] += corner + row;
  }
  return points;
}

/** The mean of N((x1, x2), s^2 I) on the black squares, and the log of its mass there. */
function onBlack(engine: Engine, x1: number, x2: number, s: number): { logMass: number; mean1: number; mean2: number } {
  const [even1, odd1] = parity(engine, x1, s);
  const [even2, odd2] = parity(engine, x2, s);
  const even = even1.logMass + even2.logMass;
  const odd = odd1.logMass + odd2.logMass;
  const { logMass, share } = pool(engine, even, odd);
  return {
    logMass,
    mean1: share * even1.mean + (1 - share) * odd1.mean,
    mean2: share * even2.mean + (1 - share) * odd2.mean,
  };
}

function parity(engine: Engine, x: number, s: number): Parity {
  const interval = (i: number) => intervalMoments(engine, x, s, corner + i, corner + i + 1);
  const both = (i: number): IntervalMoments => {
    const [near, far] = [interval(i), interval(i + 2)];
    const { logMass, share } = pool(engine, near.logMass, far.logMass);
    return { logMass, mean: share * near.mean + (1 - share) * far.mean };
  };
  return [both(0), both(1)];
}

/** log(e^a + e^b) and the share of e^a. */
function pool({ kernels }: Engine, a: number, b: number): { logMass: number; share: number } {
  const smaller = kernels.mathExp(-Math.abs(a - b));
  const larger = 1 / (1 + smaller);
  return {
    logMass: Math.max(a, b) + kernels.mathLog1p(smaller),
    share: a >= b ? larger : smaller * larger,
  };
}

const denoiser: Denoiser = {
  dimension: 2,
  open: (engine) => ({
    denoise: (x, batch, { alpha, sigma }, denoised) => {
      const from = new Float32Array(engine.arena.buffer, x, 2 * batch);
      const to = new Float32Array(engine.arena.buffer, denoised, 2 * batch);
      for (let i = 0; i < 2 * batch; i += 2) {
        const { mean1, mean2 } = onBlack(engine, from[i] / alpha, from[i + 1] / alpha, sigma / alpha);
        to[i] = mean1;
        to[i + 1] = mean2;
      }
    },
  }),
};

function rowsOf(x: Float32Array, f: (x1: number, x2: number) => number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: x.length / 2 }, (_, i) => f(x[2 * i], x[2 * i + 1]));
}

/** Log-density of alpha X_0; edges belong to the black squares. */
function boardLogDensity(x: Float32Array, alpha: number): Float64Array<ArrayBuffer> {
  const inside = -Math.log(8 * alpha * alpha);
  return rowsOf(x, (x1, x2) => (touchesBlack(x1 / alpha, x2 / alpha) ? inside : Number.NEGATIVE_INFINITY));
}

function touchesBlack(x1: number, x2: number): boolean {
  const [u, v] = [x1 - corner, x2 - corner];
  if (!(u >= 0 && u <= side && v >= 0 && v <= side)) return false;
  const columns = [Math.min(Math.floor(u), side - 1), Math.max(Math.ceil(u) - 1, 0)];
  const rows = [Math.min(Math.floor(v), side - 1), Math.max(Math.ceil(v) - 1, 0)];
  return columns.some((column) => rows.some((row) => (column + row) % 2 === 0));
}
