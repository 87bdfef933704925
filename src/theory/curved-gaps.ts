import { requireJvp } from "../diffusion/denoiser.js";
import { jacobiansAt } from "../diffusion/jacobian.js";
import type { NoiseLevel } from "../diffusion/schedule.js";
import { type SymmetricEigen, symmetricEigen } from "../diffusion/symmetric-eigen.js";
import { type Engine, fillNormal, Purpose } from "../kernels/index.js";
import { buffersOf } from "../workers/buffers.js";
import { defineTask } from "../workers/task.js";
import { type DenoisingProblem, type DenoisingSetup, openDenoising, type RowRange } from "./denoising-errors.js";
import { posteriorCovariance } from "./posterior-covariance.js";

/** Whose posteriors are looked at, at which noise: plain data. */
export interface CurvedGapSetup extends Pick<DenoisingSetup, "clean" | "denoiser" | "seed"> {
  /** At the places of the levels, float64 [levels]. */
  readonly logSnr: Float64Array;
  /** Mean squared error of a coordinate at each start, float64 [starts]: for the covariances of `jvp`. Absent: those of `full-covariance`. */
  readonly errors: Float64Array | undefined;
}

interface CurvedGapProblem extends DenoisingProblem {
  readonly errors: Float64Array | undefined;
}

/** Levels of a path, by their place: steps start at every fourth whole place, and the first ends are near to each start. */
const offsets = [0, 1 / 16, 1 / 4, 1, 2, 3];
/** Places from a start to the next. */
export const startStride = 4;
/** Ends lie a quarter to a half of their distance apart, but at most so many places. */
const evenLength = 16;

/** Places of the levels for so many starts, the last of which is an end alone. */
export function levelPlaces(starts: number): Float64Array {
  const places = Array.from({ length: starts }, (_, i) => offsets.map((offset) => i * startStride + offset));
  return Float64Array.of(...places.flat(), starts * startStride);
}

/** A step of the table, by the numbers of its levels. */
export interface TableStep {
  readonly end: number;
  /** In places. */
  readonly length: number;
}

/** The level that a start is. */
export function levelOfStart(start: number): number {
  return start * offsets.length;
}

/** Steps from a start, the longest to the last level. */
export function stepsFrom(start: number, starts: number): TableStep[] {
  const near = offsets.slice(1).map((length, at) => ({ end: levelOfStart(start) + at + 1, length }));
  const most = (starts - start) * startStride;
  const far: TableStep[] = [];
  for (
    let length = startStride;
    length < most;
    length += Math.min(evenLength, 2 ** Math.floor(Math.log2(length / 2)))
  ) {
    const place = start * startStride + length;
    const end = levelOfStart(Math.floor(place / startStride)) + offsets.indexOf(place % startStride);
    far.push({ end, length });
  }
  return [...near, ...far, { end: levelOfStart(starts), length: most }];
}

/** What a path of the data shows at one level. */
interface PathPoint {
  readonly level: NoiseLevel;
  readonly snr: number;
  /** x_u, float32 [rows, dimension], and Y_u = (alpha / sigma^2) x_u = snr X_0 + a Brownian motion in snr, float64. */
  readonly x: Float32Array;
  readonly observed: Float64Array;
  /** x0hat(x_u), float32. */
  readonly means: Float32Array;
}

/**
 * Sums over rows for each start a and each of its ends u, start by start, float64 [2, pairs]: |x0lin(X_u; X_a) - x0hat(X_u)|^2, x0lin the best
 * estimate of X_0 that is affine in X_u given X_a (docs/theory.md, 2k), and what the step's covariance costs, nats.
 */
export const curvedGapSums = defineTask({
  name: "curvedGapSums",
  open: (_engine, { errors, ...setup }: CurvedGapSetup): CurvedGapProblem => ({
    ...openDenoising({ ...setup, commonNoise: false }),
    errors,
  }),
  run: (engine, problem, { first, count }: RowRange) => sumsOf(engine, problem, first, count),
  transfer: (sums) => buffersOf([sums]),
});

function sumsOf(engine: Engine, problem: CurvedGapProblem, first: number, count: number): Float64Array {
  const { dimension: d } = problem.denoiser;
  const size = (problem.levels.length - 1) / offsets.length;
  const starts = Array.from({ length: size }, (_, start) => ({ start, ends: stepsFrom(start, size) }));
  const pairs = starts.reduce((sum, { ends }) => sum + ends.length, 0);
  const sums = new Float64Array(2 * pairs);
  engine.arena.scope(() => {
    const session = requireJvp(problem.denoiser.open(engine, count), "a grid for noise that differs by direction");
    const [x, denoised, tangents, products] = [0, 1, 2, 3].map(() => engine.arena.floats(count * d));
    const path = pathPoints(engine, problem, first, count, (states, level) => {
      x.array.set(states);
      session.denoise(x.pointer, count, level, denoised.pointer);
      return denoised.array.slice();
    });
    let pair = 0;
    for (const { start, ends } of starts) {
      const from = path[levelOfStart(start)];
      x.array.set(from.x);
      const place = {
        x: x.pointer,
        denoised: denoised.pointer,
        tangents: tangents.pointer,
        products: products.pointer,
      };
      const jacobians = jacobiansAt(engine, session, { ...place, rows: count, dimension: d, level: from.level });
      for (let row = 0; row < count; row++) {
        const posterior = posteriorOf(jacobians.subarray(row * d * d, (row + 1) * d * d), from.level, d);
        for (let at = 0; at < ends.length; at++) {
          const to = path[ends[at].end];
          sums[pair + at] += linearGap(posterior, from, to, row, d);
          if (!problem.errors) continue;
          sums[pairs + pair + at] += mismatch(posterior.values, to.snr - from.snr, problem.errors[start]);
        }
      }
      pair += ends.length;
    }
  });
  return sums;
}

/** The levels of joint paths: Y_u grows by snr X_0 and by independent noise. */
function pathPoints(
  engine: Engine,
  { levels, seed, rows, denoiser: { dimension } }: DenoisingProblem,
  first: number,
  count: number,
  denoise: (x: Float32Array, level: NoiseLevel) => Float32Array,
): PathPoint[] {
  const length = count * dimension;
  const clean = rows(engine, first, count).slice();
  const noise = engine.arena.floats(length);
  let before = 0;
  let observed = new Float64Array(length);
  return levels.map((level, step) => {
    const snr = Math.exp(level.logSnr);
    fillNormal(
      engine,
      noise.pointer,
      length,
      { seed, purpose: Purpose.certificateNoise, step, client: 6 },
      first * dimension,
    );
    const [rise, spread] = [snr - before, Math.sqrt(snr - before)];
    const { array } = noise;
    observed = observed.map((value, at) => value + rise * clean[at] + spread * array[at]);
    before = snr;
    const scale = (level.sigma * level.sigma) / level.alpha;
    const x = Float32Array.from(observed, (value) => scale * value);
    return { level, snr, x, observed, means: denoise(x, level) };
  });
}

/** Sigma = V diag(values) V^T, no value below 0. */
function posteriorOf(jacobian: Float64Array, level: NoiseLevel, d: number): SymmetricEigen {
  const { values, vectors } = symmetricEigen(posteriorCovariance(jacobian, level, d), d);
  return { values: values.map((value) => Math.max(0, value)), vectors };
}

function linearGap(
  { values, vectors }: SymmetricEigen,
  from: PathPoint,
  to: PathPoint,
  row: number,
  d: number,
): number {
  const rise = to.snr - from.snr;
  let gap = 0;
  for (let i = 0; i < d; i++) {
    let start = 0;
    let moved = 0;
    let end = 0;
    for (let j = 0; j < d; j++) {
      const at = row * d + j;
      const weight = vectors[j * d + i];
      start += weight * from.means[at];
      moved += weight * (to.observed[at] - from.observed[at]);
      end += weight * to.means[at];
    }
    const missed = start + (values[i] / (1 + rise * values[i])) * (moved - rise * start) - end;
    gap += missed * missed;
  }
  return gap;
}

/** KL(N(0, C) || N(0, G)) of `jvp`: eigenvalues 1 + a of C and (2 + lambda + a)^2 / (4 (1 + lambda)) of G. */
function mismatch(values: Float64Array, rise: number, error: number): number {
  const lambda = rise * error;
  let sum = 0;
  for (const value of values) {
    const a = rise * value;
    const ratio = (4 * (1 + lambda) * (1 + a)) / (2 + lambda + a) ** 2;
    sum += 0.5 * (ratio - 1 - Math.log(ratio));
  }
  return sum;
}
