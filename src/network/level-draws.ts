import { ArgumentError, requireNumber, requireNumbers, requireTyped } from "../errors.js";
import { complete } from "../family.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { createDensity, type LevelDistributionSpec, levelDistributions } from "./level-distributions/index.js";

/**
 * How often each noise level is drawn, as whole numbers, so that probabilities are exact: level k in ends[k] - ends[k - 1] of ends[last]
 * draws, at least one.
 */
export interface LevelDraws {
  /** uint32 [levels], increasing, the last below 2^31. */
  readonly ends: Uint32Array;
}

/** Draws that are told apart. With the most levels and the least uniform share each level has one of them. */
const resolution = 2 ** 30;

/**
 * The draws of a distribution.
 * @param logSnr float64 [levels]: the log snr of each level.
 * @param losses float64 [bins], at most as many as levels: root of the mean squared loss in each bin of levels, of which `importance` is made. Default: not known.
 * @returns undefined where all levels are drawn as often, as without a distribution.
 * @throws ArgumentError or ArgumentTypeError naming the setting of the distribution that is out of range.
 */
export function levelDraws(
  engine: Engine,
  logSnr: Float64Array,
  distribution: LevelDistributionSpec | undefined,
  losses?: Float64Array,
): LevelDraws | undefined {
  requireEngine(engine);
  requireTyped("logSnr", logSnr, Float64Array);
  if (logSnr.length === 0) throw new ArgumentError("logSnr", "must have at least 1 entry", logSnr);
  requireNumbers("logSnr", logSnr);
  if (losses !== undefined) requireLosses(losses, logSnr.length);
  if (distribution === undefined) return undefined;
  const filled = complete(levelDistributions, "distribution", distribution);
  const density = createDensity(engine, filled)(logSnr, losses);
  if (density === undefined || filled.kind === "uniform") return undefined;
  return drawsOf(density, filled.uniform);
}

function requireLosses(losses: Float64Array, levels: number): void {
  requireTyped("losses", losses, Float64Array);
  const { length } = losses;
  if (length === 0 || length > levels)
    throw new ArgumentError("losses", `must have 1 to ${levels} entries, as there are levels`, length);
  for (const [bin, loss] of losses.entries())
    requireNumber(`losses[${bin}]`, loss, "must be >= 0", (each) => each >= 0);
}

/**
 * The draws of a mixture: a share of them uniform, the rest in proportion to a density.
 * @param density float64 [levels], not negative, not all 0.
 */
export function drawsOf(density: Float64Array, uniform: number): LevelDraws {
  const total = density.reduce((sum, value) => sum + value, 0);
  let end = 0;
  const ends = Uint32Array.from(density, (value) => {
    const probability = uniform / density.length + (1 - uniform) * (value / total);
    end += Math.max(1, Math.floor(resolution * probability));
    return end;
  });
  return { ends };
}

/** How many times as often as uniformly level k is drawn. */
export function drawRatio({ ends }: LevelDraws, k: number): number {
  const count = ends[k] - (k === 0 ? 0 : ends[k - 1]);
  return (count * ends.length) / ends[ends.length - 1];
}

/** Replaces numbers below ends[last] by the levels that they are draws of, in place. */
export function replaceByLevels({ ends }: LevelDraws, numbers: Int32Array): void {
  for (let i = 0; i < numbers.length; i++) {
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle] > numbers[i]) high = middle;
      else low = middle + 1;
    }
    numbers[i] = low;
  }
}
