import { filledSettings } from "../family.js";
import type { Arena, Pointer } from "../kernels/index.js";
import { binOf, importance } from "./level-distributions/importance.js";
import { drawRatio, type LevelDraws } from "./level-draws.js";
import type { LevelSettings } from "./training.js";

/** How losses are kept, of which a distribution of noise levels is made. */
export interface LossMemory {
  /** Bins of the levels, at most as many as there are levels. */
  readonly bins: number;
  /** Weight of all earlier rounds where one is added, in [0, 1). */
  readonly decay: number;
}

/** undefined: the distribution does not ask for losses. */
export function lossMemoryOf(levels: LevelSettings): LossMemory | undefined {
  const { distribution } = levels;
  if (distribution?.kind !== importance.kind) return undefined;
  const { bins, decay } = filledSettings(importance.fields, "training.levels.distribution", distribution);
  const count = levels.spacing === "grid" ? levels.times.length - 1 : levels.count;
  return { bins: Math.min(bins, count), decay };
}

/** float64 [2, bins] of zeros: sums of squared losses of rows, then how many rows, by bin of levels. */
export function noLosses({ bins }: LossMemory): Float64Array<ArrayBuffer> {
  return new Float64Array(2 * bins);
}

/** A batch that the network has answered, in the engine's memory. */
export interface AnsweredBatch {
  readonly output: Pointer;
  readonly target: Pointer;
  readonly weight: Pointer;
  readonly levelIndex: Pointer;
}

/** Its shape, and how its levels were drawn. */
export interface AnsweredShape {
  readonly batchSize: number;
  readonly dimension: number;
  /** Levels that are drawn from. */
  readonly levels: number;
  readonly draws: LevelDraws | undefined;
}

/**
 * Adds the squared loss of each row of a batch, as the weighting has it, whatever was drawn: 3 operations a coordinate.
 * @param sums float64 [2, bins].
 */
export function addRowLosses(arena: Arena, batch: AnsweredBatch, shape: AnsweredShape, sums: Float64Array): void {
  const { batchSize, dimension, levels, draws } = shape;
  const floats = (pointer: Pointer, length: number) => new Float32Array(arena.buffer, pointer, length);
  const output = floats(batch.output, batchSize * dimension);
  const target = floats(batch.target, batchSize * dimension);
  const weight = floats(batch.weight, batchSize);
  const bins = sums.length / 2;
  for (const [row, level] of arena.int32(batch.levelIndex, batchSize).entries()) {
    let squares = 0;
    for (let at = row * dimension; at < (row + 1) * dimension; at++) squares += (output[at] - target[at]) ** 2;
    const loss = weight[row] * squares * (draws ? drawRatio(draws, level) : 1);
    const bin = binOf(level, levels, bins);
    sums[bin] += loss * loss;
    sums[bins + bin] += 1;
  }
}

/** Adds `more` to `sums`, both float64 [2, bins]. */
export function addLosses(sums: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] += more[i];
}

/** The sums after a round: those from before times the decay, and its own. All float64 [2, bins]. */
export function lossesAfter({ decay }: LossMemory, before: Float64Array, round: Float64Array): Float64Array {
  return before.map((sum, i) => decay * sum + round[i]);
}

/**
 * Root of the mean squared loss in each bin, float64 [bins].
 * @param sums float64 [2, bins].
 * @returns undefined as long as a bin has met no row.
 */
export function rootMeanLosses(sums: Float64Array): Float64Array | undefined {
  const bins = sums.length / 2;
  const counts = sums.subarray(bins);
  if (counts.includes(0)) return undefined;
  return sums.slice(0, bins).map((squares, bin) => Math.sqrt(squares / counts[bin]));
}
