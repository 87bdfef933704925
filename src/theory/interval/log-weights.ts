import type { Denoiser, DenoiserSession } from "../../diffusion/denoiser.js";
import { type Engine, type Float32Block, fillNormal, Purpose } from "../../kernels/index.js";
import type { GaussianStep } from "./gaussian-steps.js";
import type { Tilt } from "./proposals/index.js";
import { openStepDensities } from "./step-density.js";
import { tile, tiled } from "./tiled-session.js";

/** A sampler's steps, and how paths over them are proposed. */
export interface WeightedSteps {
  readonly engine: Engine;
  /** The denoiser whose sampler it is. */
  readonly denoiser: Denoiser;
  readonly steps: readonly GaussianStep[];
  readonly tilts: readonly Tilt[];
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

/** States of all paths, float32 [paths, dimension]; those of own paths behind the proposed ones. */
interface Paths extends PathBatch {
  readonly dimension: number;
  readonly fresh: number;
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
 * log w = log N(x_0; 0, I) + sum_k log p_k(x_{k+1} | x_k) - log r(x_k | x_{k+1}) of each path, nats, float64 [rows * paths], row by row, then one
 * for each own path. Densities are those of the float32 states that are walked, evaluated and added in float64.
 */
export function logWeights(run: WeightedSteps, batch: PathBatch): Float64Array {
  const { engine, denoiser, steps, tilts } = run;
  const { dimension } = denoiser;
  const rows = batch.ends.length / dimension;
  const fresh = rows * batch.paths;
  const all = fresh + (batch.own ? rows : 0);
  return engine.arena.scope(() => {
    const [later, earlier, denoised] = [0, 1, 2].map(() => engine.arena.floats(all * dimension));
    const noise = engine.arena.floats(fresh * dimension);
    const session = denoiser.open(engine, Math.min(tile, all));
    const densities = openStepDensities(engine, session, steps, all, dimension);
    let paths: Paths = {
      ...batch,
      dimension,
      fresh,
      all,
      later,
      earlier,
      denoised,
      noise,
      session: tiled(session, dimension),
      logs: new Float64Array(all),
    };
    setEnds(paths, rows);
    for (let k = steps.length - 1; k >= 0; k--) {
      const key = { seed: run.seed, purpose: Purpose.certificateNoise, step: k, client: batch.stream };
      fillNormal(engine, noise.pointer, fresh * dimension, key, batch.first * batch.paths * dimension);
      propose(paths, steps[k], tilts[k], batch.own?.[k]);
      densities.add(steps[k], paths, paths.logs);
      paths = { ...paths, later: paths.earlier, earlier: paths.later };
    }
    addPrior(paths);
    return paths.logs;
  });
}

function setEnds({ ends, later, paths, fresh, all, dimension: d }: Paths, rows: number): void {
  const { array } = later;
  for (let row = 0; row < rows; row++) {
    const end = ends.subarray(row * d, (row + 1) * d);
    for (let path = row * paths; path < (row + 1) * paths; path++) array.set(end, path * d);
    if (fresh < all) array.set(end, (fresh + row) * d);
  }
}

/** x_k of every path into `earlier`, drawn or, of an own path, as it was; minus log r(x_k | x_{k+1}) without its log 2 pi. */
function propose(paths: Paths, step: GaussianStep, tilt: Tilt, own: Float32Array | undefined): void {
  if (tilt.gain !== 0) denoiseDecayed(paths, step);
  const { dimension: d, fresh, all, logs } = paths;
  const { decay, spread, x, denoised: pull } = step;
  const { gain, precision } = tilt;
  const [later, earlier, denoised, noise] = [paths.later, paths.earlier, paths.denoised, paths.noise].map(
    ({ array }) => array,
  );
  const narrow = 1 / Math.sqrt(precision);
  const constant = d * (Math.log(spread) - 0.5 * Math.log(precision));
  for (let path = 0; path < all; path++) {
    let square = 0;
    for (let at = path * d; at < (path + 1) * d; at++) {
      const center = decay * later[at];
      const mean = gain === 0 ? 0 : gain * (later[at] - x * earlier[at] - pull * denoised[at]);
      earlier[at] = path < fresh || !own ? center + spread * (mean + narrow * noise[at]) : own[at - fresh * d];
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
