import { placeAt } from "../../data/cumulative.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import { type Engine, type Float32Block, Purpose, uniforms } from "../../kernels/index.js";

/** log q_t at rows x of X_t, float32 [rows, dimension]: nats, float64 [rows]. */
export type LevelDensity = (engine: Engine, x: Float32Array, level: NoiseLevel) => Float64Array;

/** Paths that are resampled among the K of their system: one system for each row, then one more for each that has an own path. */
export interface Systems {
  readonly engine: Engine;
  readonly seed: number;
  readonly dimension: number;
  /** Paths of a system, K. */
  readonly paths: number;
  /** Systems without an own path, and number of the first. The systems behind them have theirs at place 0. */
  readonly rows: number;
  readonly first: number;
  /** Of random numbers. */
  readonly stream: number;
  readonly logDensity: LevelDensity;
}

/** Of a system whose effective number of paths is below this share of K paths are drawn anew. */
const leastEffectiveShare = 0.5;

/**
 * Sequential Monte Carlo from the end of paths to their start, twisted by the densities q_k of the law. Paths of a system aim at
 * gamma_k = q_k(x_k) prod_{j >= k} p_j(x_{j+1} | x_j): where their weights gamma_k / prod r have become too uneven, K of them are drawn with
 * replacement in proportion to the weights, and the log of the mean weight is kept. An own path keeps its place (conditional Monte Carlo).
 */
export class Resampling {
  /** Sum of the logs of mean weights of each system, so far. */
  readonly kept: Float64Array;
  readonly #systems: Systems;
  readonly #weights: Float64Array;

  constructor(systems: Systems, count: number) {
    this.#systems = systems;
    this.#weights = new Float64Array(systems.paths);
    this.kept = new Float64Array(count);
  }

  /**
   * At states x_k, k >= 1. `logs`, float64 [paths of all systems], are log prod p / r since paths were last drawn, less log q there; those of systems
   * that are drawn anew begin again.
   */
  at(k: number, level: NoiseLevel, states: Float32Block, logs: Float64Array): void {
    const { engine, seed, paths, rows, first, stream, logDensity } = this.#systems;
    const densities = logDensity(engine, states.array.slice(), level);
    const key = { seed, purpose: Purpose.certificateTime, step: k, client: stream };
    let u: Float32Array | undefined;
    for (let system = 0; system < this.kept.length; system++) {
      const start = system * paths;
      const most = this.#weigh(logs, densities, start);
      const total = cumulate(this.#weights, leastEffectiveShare);
      if (total === undefined) continue;
      u ??= uniforms(engine, rows * paths, key, first * paths);
      const row = system % rows;
      this.kept[system] += most + Math.log(total / paths);
      this.#draw(u.subarray(row * paths, (row + 1) * paths), system < rows ? 0 : 1, start, states, densities, logs);
    }
  }

  /** Weights of a system's paths, divided by the largest, whose log it returns. */
  #weigh(logs: Float64Array, densities: Float64Array, start: number): number {
    const weights = this.#weights;
    let most = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < weights.length; place++) {
      weights[place] = logs[start + place] + densities[start + place];
      if (weights[place] > most) most = weights[place];
    }
    for (let place = 0; place < weights.length; place++) weights[place] = Math.exp(weights[place] - most);
    return most;
  }

  /** Every place but the first `kept` goes on from a path that is drawn by its uniform number. */
  #draw(
    u: Float32Array,
    kept: number,
    start: number,
    states: Float32Block,
    densities: Float64Array,
    logs: Float64Array,
  ): void {
    const { dimension: d, paths } = this.#systems;
    const { array } = states;
    const before = array.slice(start * d, (start + paths) * d);
    for (let place = 0; place < paths; place++) {
      const from = place < kept ? place : placeAt(this.#weights, u[place] * this.#weights[paths - 1]);
      for (let j = 0; j < d; j++) array[(start + place) * d + j] = before[from * d + j];
      logs[start + place] = -densities[start + from];
    }
  }
}

/**
 * Makes cumulative sums of the weights and returns the last, unless their effective number (sum w)^2 / sum w^2 is at least this share of them: then they stay
 * and nothing is returned.
 */
function cumulate(weights: Float64Array, share: number): number | undefined {
  let [sum, squares] = [0, 0];
  for (let place = 0; place < weights.length; place++) {
    sum += weights[place];
    squares += weights[place] * weights[place];
  }
  if (sum * sum >= share * weights.length * squares) return undefined;
  for (let place = 1; place < weights.length; place++) weights[place] += weights[place - 1];
  return weights[weights.length - 1];
}
