import type { Denoiser, DenoiserSession } from "../../diffusion/denoiser.js";
import { type Engine, type Float32Block, fillNormal, Purpose } from "../../kernels/index.js";
import type { GaussianStep } from "./gaussian-steps.js";
import { logMeanExp } from "./log-sum-exp.js";
import type { Tilt } from "./proposals/index.js";
import { type LevelDensity, Resampling } from "./resampling.js";
import { openStepDensities } from "./step-density.js";
import { tile, tiled } from "./tiled-session.js";

/** A sampler's steps, and how paths over them are proposed. */
export interface WeightedSteps {
  readonly engine: Engine;
  /** The denoiser whose sampler it is. */
  readonly denoiser: Denoiser;
  readonly steps: readonly GaussianStep[];
  readonly tilts: readonly Tilt[];
  /** Present: the paths of a row are resampled on the way, aiming at these densities of the law. */
  readonly aim?: LevelDensity | undefined;
  readonly seed: number;
}

/** Paths that are to end in given states. */
export interface PathBatch {
  /** x_N, float32 [rows, dimension]. */
  readonly ends: Float32Array;
  /** Proposed paths of each row, K. */
  readonly paths: number;
  /** Number of the first row, and which kind of row it is: their noise depends on nothing else. */
  readonly first: number;
  readonly stream: number;
  /** The paths by which the sampler came to the ends: x_0 .. x_{N-1}, each float32 [rows, dimension]. Absent: none. */
  readonly own?: readonly Float32Array[];
}

/** What is found at each row, nats, float64 [rows]. */
export interface PathWeights {
  /** log phat: of an unbiased estimate of p_theta(x) from K proposed paths. */
  readonly estimate: Float64Array;
  /** The same with the row's own path in the place of the first; where there is none, that without. */
  readonly conditional: Float64Array;
  /** Variance of log w over the proposed paths, since they were last resampled; 0 for one path. */
  readonly spread: Float64Array;
  /** No noise of a step had a smaller deviation in any direction. */
  readonly noise: number;
}

/**
 * States of all paths, float32 [paths, dimension]; those of own paths behind the proposed ones. An own path is alone, or, where paths are resampled,
 * at the head of a system of K: the others have the noise of the proposed paths at their places.
 */
interface Paths extends PathBatch {
  readonly dimension: number;
  readonly fresh: number;
  /** Paths of a system with an own path. */
  readonly company: number;
  readonly all: number;
  readonly later: Float32Block;
  readonly earlier: Float32Block;
  readonly denoised: Float32Block;
  readonly noise: Float32Block;
  readonly session: DenoiserSession;
  /** log w so far, float64 [all]. */
  readonly logs: Float64Array;
}

/**
 * Estimates of log p_theta at the ends of paths from their weights
 *
 *     log w = log N(x_0; 0, I) + sum_k log p_k(x_{k+1} | x_k) - log r(x_k | x_{k+1}).
 *
 * Densities are those of the float32 states that are walked, evaluated and added in float64.
 */
export function logWeights(run: WeightedSteps, batch: PathBatch): PathWeights {
  const { engine, denoiser, steps, tilts, aim, seed } = run;
  const { dimension } = denoiser;
  const rows = batch.ends.length / dimension;
  const fresh = rows * batch.paths;
  const company = aim ? batch.paths : 1;
  const all = fresh + (batch.own ? rows * company : 0);
  const systems = { ...batch, engine, seed, dimension, rows };
  const resampling = aim && new Resampling({ ...systems, logDensity: aim }, all / batch.paths);
  return engine.arena.scope(() => {
    const [later, earlier, denoised] = [0, 1, 2].map(() => engine.arena.floats(all * dimension));
    const noise = engine.arena.floats(fresh * dimension);
    const session = denoiser.open(engine, Math.min(tile, all));
    const densities = openStepDensities(engine, session, steps, all, dimension);
    let paths: Paths = {
      ...batch,
      dimension,
      fresh,
      company,
      all,
      later,
      earlier,
      denoised,
      noise,
      session: tiled(session, dimension),
      logs: new Float64Array(all),
    };
    setEnds(paths);
    let least = Number.POSITIVE_INFINITY;
    for (let k = steps.length - 1; k >= 0; k--) {
      const key = { seed, purpose: Purpose.certificateNoise, step: k, client: batch.stream };
      fillNormal(engine, noise.pointer, fresh * dimension, key, batch.first * batch.paths * dimension);
      propose(paths, steps[k], tilts[k], batch.own?.[k]);
      least = Math.min(least, densities.add(steps[k], paths, paths.logs));
      if (k > 0) resampling?.at(k, steps[k].from, paths.earlier, paths.logs);
      paths = { ...paths, later: paths.earlier, earlier: paths.later };
    }
    addPrior(paths);
    return { ...pathWeights(paths, rows, resampling?.kept), noise: least };
  });
}

function pathWeights(
  { logs, paths, fresh, company, all }: Paths,
  rows: number,
  kept: Float64Array = new Float64Array(2 * rows),
): Omit<PathWeights, "noise"> {
  const ofRow = (row: number) => logs.subarray(row * paths, (row + 1) * paths);
  const estimate = Float64Array.from({ length: rows }, (_, row) => kept[row] + logMeanExp(ofRow(row)));
  const conditional = estimate.map((value, row) => {
    if (fresh === all) return value;
    const exchanged = ofRow(row).slice();
    exchanged.set(logs.subarray(fresh + row * company, fresh + (row + 1) * company));
    return kept[rows + row] + logMeanExp(exchanged);
  });
  return { estimate, conditional, spread: Float64Array.from({ length: rows }, (_, row) => varianceOf(ofRow(row))) };
}

function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** The proposed path whose noise a path has; undefined for an own path. */
function noiseOf({ fresh, company, paths }: Paths, path: number): number | undefined {
  if (path < fresh) return path;
  const [row, place] = [Math.floor((path - fresh) / company), (path - fresh) % company];
  return place === 0 ? undefined : row * paths + place;
}

/** The row of a path. */
function rowOf({ fresh, company, paths }: Paths, path: number): number {
  return Math.floor(path < fresh ? path / paths : (path - fresh) / company);
}

function setEnds(paths: Paths): void {
  const { ends, all, dimension: d } = paths;
  const { array } = paths.later;
  for (let path = 0; path < all; path++) {
    const row = rowOf(paths, path);
    array.set(ends.subarray(row * d, (row + 1) * d), path * d);
  }
}

/** x_k of every path into `earlier`, drawn or, of an own path, as it was; minus log r(x_k | x_{k+1}) without its log 2 pi. */
function propose(paths: Paths, step: GaussianStep, tilt: Tilt, own: Float32Array | undefined): void {
  if (tilt.gain !== 0) denoiseDecayed(paths, step);
  const { dimension: d, all, logs } = paths;
  const { decay, spread, x, denoised: pull } = step;
  const { gain, precision } = tilt;
  const [later, earlier, denoised, noise] = [paths.later, paths.earlier, paths.denoised, paths.noise].map(
    ({ array }) => array,
  );
  const narrow = 1 / Math.sqrt(precision);
  const constant = d * (Math.log(spread) - 0.5 * Math.log(precision));
  for (let path = 0; path < all; path++) {
    const from = noiseOf(paths, path);
    const offset = ((from ?? rowOf(paths, path)) - path) * d;
    let square = 0;
    for (let at = path * d; at < (path + 1) * d; at++) {
      const center = decay * later[at];
      const mean = gain === 0 ? 0 : gain * (later[at] - x * earlier[at] - pull * denoised[at]);
      earlier[at] =
        from === undefined && own ? own[at + offset] : center + spread * (mean + narrow * noise[at + offset]);
      const z = (earlier[at] - center) / spread - mean;
      square += z * z;
    }
    logs[path] += 0.5 * precision * square + constant;
  }
}

/** y = decay x_{k+1} into `earlier`, and the denoiser there. */
function denoiseDecayed({ later, earlier, denoised, session, all }: Paths, { decay, from }: GaussianStep): void {
  const [to, source] = [earlier.array, later.array];
  for (let at = 0; at < to.length; at++) to[at] = decay * source[at];
  session.denoise(earlier.pointer, all, from, denoised.pointer);
}

/** log N(x_0; 0, I). */
function addPrior({ later, logs, all, dimension: d }: Paths): void {
  const { array } = later;
  const constant = 0.5 * d * Math.log(2 * Math.PI);
  for (let path = 0; path < all; path++) {
    let square = 0;
    for (let at = path * d; at < (path + 1) * d; at++) square += array[at] * array[at];
    logs[path] -= 0.5 * square + constant;
  }
}
