import { finiteEntries } from "../data/finite.js";
import { validateGrid } from "../diffusion/grid.js";
import type { Preconditioning } from "../diffusion/parameterization.js";
import { parameterizations } from "../diffusion/parameterizations/index.js";
import { type NoiseSchedule, requireSchedule } from "../diffusion/schedule.js";
import type { Weighting } from "../diffusion/weighting.js";
import {
  ArgumentError,
  requireLength,
  requireMethods,
  requireNumber,
  requireNumbers,
  requireObject,
  requireTyped,
} from "../errors.js";
import { type Engine, LevelColumn, levelHeader, portableMath, requireEngine } from "../kernels/index.js";
import { drawRatio, type LevelDraws } from "./level-draws.js";
import { networkFields } from "./network-fields.js";
import { layoutOf, type NetworkSpec } from "./spec.js";
import { completeLevels, type LevelOptions } from "./training-fields.js";

/** The noise levels that training draws from, the same bits in every JavaScript engine for a schedule with a kernel or one whose log snr is +, -, *, / alone. */
export interface TrainingLevels {
  readonly logSnr: Float64Array;
  readonly alpha: Float64Array;
  readonly sigma: Float64Array;
  /** Snr between the ends of a level's cell. */
  readonly snrWidth: Float64Array;
}

/** The levels that settings describe. Throws ArgumentError for times that are no grid of the schedule. */
export function trainingLevels(engine: Engine, schedule: NoiseSchedule, settings: LevelOptions): TrainingLevels {
  const complete = completeLevels("levels", settings);
  requireEngine(engine);
  requireSchedule(schedule);
  if (complete.spacing === "grid") {
    validateGrid("levels.times", complete.times, schedule);
    const times = Float64Array.from(complete.times);
    return withCells(engine, curveAt(engine, schedule, times.subarray(0, -1)), curveAt(engine, schedule, times).logSnr);
  }
  const { count, spacing } = complete;
  if (spacing === "time") {
    const timeAt = (cell: number) => schedule.tMin + (cell / count) * (schedule.tMax - schedule.tMin);
    const middles = Float64Array.from({ length: count }, (_, k) => timeAt(k + 0.5));
    const edges = Float64Array.from({ length: count + 1 }, (_, k) => timeAt(k));
    return withCells(engine, curveAt(engine, schedule, middles), curveAt(engine, schedule, edges).logSnr);
  }
  const [clean, noisy] = curveAt(engine, schedule, Float64Array.of(schedule.tMin, schedule.tMax)).logSnr;
  const logSnrAt = (cell: number) => clean + (cell / count) * (noisy - clean);
  const middles = Float64Array.from({ length: count }, (_, k) => logSnrAt(k + 0.5));
  const edges = Float64Array.from({ length: count + 1 }, (_, k) => logSnrAt(k));
  return withCells(engine, curveOf(engine, middles), edges);
}

/**
 * Weight of |x0hat - x_0|^2, the sum over coordinates, at each level: the loss is the mean over levels and batch of weight |x0hat - x_0|^2
 * / dimension, whatever the network predicts.
 */
export function levelWeights(spec: NetworkSpec, levels: TrainingLevels, weighting: Weighting): Float64Array {
  requireWeighted(spec, levels, weighting);
  return finiteEntries("weights", weightsOf(spec, levels, weighting));
}

function weightsOf(spec: NetworkSpec, levels: TrainingLevels, weighting: Weighting): Float64Array {
  const { sigmaData } = spec;
  const count = levels.logSnr.length;
  return levels.snrWidth.map((snrWidth, k) => {
    const level = { alpha: levels.alpha[k], sigma: levels.sigma[k] };
    const preconditioning = parameterizations[spec.parameterization].at(level, sigmaData);
    return weighting.weight({ ...level, preconditioning, sigmaData, snrWidth, levels: count });
  });
}

function requireWeighted(spec: NetworkSpec, levels: TrainingLevels, weighting: Weighting): void {
  layoutOf(requireObject("spec", spec));
  requireLevels(levels);
  requireMethods("weighting", weighting, ["weight"]);
}

function requireLevels(levels: TrainingLevels): void {
  const { logSnr, alpha, sigma, snrWidth } = requireObject("levels", levels);
  requireTyped("levels.logSnr", logSnr, Float64Array);
  for (const [key, values] of Object.entries({ logSnr, alpha, sigma, snrWidth })) {
    const argument = `levels.${key}`;
    requireTyped(argument, values, Float64Array);
    requireLength(argument, values, logSnr.length);
    requireNumbers(argument, values);
  }
}

/**
 * float32 [levels, levelHeader + noiseFeatures]. Its loss weight is that of the squared error of the network's output,
 * divided by the dimension: the loss is a mean over coordinates.
 * @param draws how often each level is drawn, by which its weight is divided. Default: all as often.
 */
export function levelTable(
  engine: Engine,
  spec: NetworkSpec,
  levels: TrainingLevels,
  weighting: Weighting,
  draws?: LevelDraws,
): Float32Array {
  requireWeighted(spec, levels, weighting);
  if (draws !== undefined) {
    requireTyped("draws.ends", requireObject("draws", draws).ends, Uint32Array);
    requireLength("draws.ends", draws.ends, levels.logSnr.length);
  }
  const stride = levelHeader + spec.noiseFeatures;
  const { logSnr } = levels;
  const features = noiseFeatures(engine, logSnr, spec.noiseFeatures);
  const weights = weightsOf(spec, levels, weighting);
  const table = new Float32Array(logSnr.length * stride);
  for (let k = 0; k < logSnr.length; k++) {
    const level = { alpha: levels.alpha[k], sigma: levels.sigma[k] };
    const { cIn, cSkip, cOut, targetData, targetNoise } = preconditioningAt(spec, level, logSnr[k]);
    const row = table.subarray(k * stride, (k + 1) * stride);
    row[LevelColumn.alpha] = level.alpha;
    row[LevelColumn.sigma] = level.sigma;
    row[LevelColumn.cIn] = cIn;
    row[LevelColumn.cSkip] = cSkip;
    row[LevelColumn.cOut] = cOut;
    row[LevelColumn.targetData] = targetData;
    row[LevelColumn.targetNoise] = targetNoise;
    row[LevelColumn.weight] = (weights[k] * cOut * cOut) / spec.dimension / (draws ? drawRatio(draws, k) : 1);
    if (!Number.isFinite(row[LevelColumn.weight]))
      throw beyond("training.weighting", "a weight", logSnr[k], weighting.name);
    row.set(features.subarray(k * spec.noiseFeatures, (k + 1) * spec.noiseFeatures), levelHeader);
  }
  return table;
}

/**
 * How a network's output becomes a denoised point at a level, all of it within float32.
 * @throws ArgumentError for a parameterization with a coefficient beyond it: `network.parameterization`.
 */
export function preconditioningAt(
  { parameterization, sigmaData }: Pick<NetworkSpec, "parameterization" | "sigmaData">,
  level: { readonly alpha: number; readonly sigma: number },
  logSnr: number,
): Preconditioning {
  const coefficients = parameterizations[parameterization].at(level, sigmaData);
  const wrong = Object.entries(coefficients).find(([, value]) => !Number.isFinite(Math.fround(value)));
  if (wrong) throw beyond("network.parameterization", wrong[0], logSnr, parameterization);
  return coefficients;
}

function beyond(key: string, what: string, logSnr: number, name: string): ArgumentError {
  const rule = `must stay within float32 at every noise level, which ${what} at log snr ${logSnr.toPrecision(4)} does not: bring the ends of the schedule nearer, or choose another`;
  return new ArgumentError(key, rule, name);
}

/** Beyond every schedule's log snr; its multiples are angles that float64 holds. */
const farthestLogSnr = 1e6;

/** float32 [levels, features]: sines then cosines of multiples of log snr / 4, which lies in [-1e6, 1e6]. */
export function noiseFeatures(engine: Engine, logSnr: Float64Array, features: number): Float32Array {
  requireEngine(engine);
  requireTyped("logSnr", logSnr, Float64Array);
  const far = logSnr.findIndex((value) => !(Math.abs(value) <= farthestLogSnr));
  if (far >= 0) {
    const rule = `must lie in [-${farthestLogSnr}, ${farthestLogSnr}]`;
    throw new ArgumentError(`logSnr[${far}]`, rule, logSnr[far]);
  }
  networkFields.noiseFeatures.check("features", features);
  return engine.arena.scope(() => {
    const input = engine.arena.copyBytes(logSnr);
    const out = engine.arena.floats(logSnr.length * features);
    engine.kernels.noiseFeatures(input, logSnr.length, features, out.pointer, features);
    return out.array.slice();
  });
}

type Curve = Omit<TrainingLevels, "snrWidth">;

/** Log snr, alpha and sigma at times: from the schedule's kernel, or from a user's own schedule. */
function curveAt(engine: Engine, schedule: NoiseSchedule, times: Float64Array): Curve {
  if (!schedule.kernel) {
    const logSnrAt = (t: number) => requireNumber(`schedule.logSnr(${t})`, schedule.logSnr(t));
    return curveOf(engine, times.map(logSnrAt));
  }
  const [p0, p1] = schedule.kernel.parameters;
  const { code } = schedule.kernel;
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const count = times.length;
    const t = arena.copyBytes(times);
    const logSnr = arena.allocate(count * 8);
    const alpha = arena.floats(count);
    const sigma = arena.floats(count);
    kernels.noiseLevels(code, p0, p1, t, count, logSnr, alpha.pointer, sigma.pointer);
    const found = arena.float64(logSnr, count).slice();
    found.forEach((value, k) => {
      requireNumber(`schedule.logSnr(${times[k]})`, value);
    });
    return {
      logSnr: found,
      alpha: Float64Array.from(alpha.array),
      sigma: Float64Array.from(sigma.array),
    };
  });
}

/** Alpha and sigma of log snr. */
function curveOf(engine: Engine, logSnr: Float64Array): Curve {
  const { exp } = portableMath(engine);
  return {
    logSnr,
    alpha: logSnr.map((value) => 1 / Math.sqrt(1 + exp(-value))),
    sigma: logSnr.map((value) => 1 / Math.sqrt(1 + exp(value))),
  };
}

/** @param edges log snr of the ends of the cells, in the order of the levels. */
function withCells(engine: Engine, curve: Curve, edges: Float64Array): TrainingLevels {
  const { exp } = portableMath(engine);
  const snr = edges.map((logSnr) => exp(logSnr));
  return { ...curve, snrWidth: curve.logSnr.map((_, k) => Math.abs(snr[k + 1] - snr[k])) };
}
