import { parameterizations } from "../diffusion/parameterizations/index.js";
import { levelAt, type NoiseLevel, type NoiseSchedule } from "../diffusion/schedule.js";
import type { Weighting } from "../diffusion/weighting.js";
import type { Engine } from "../kernels/index.js";
import type { NetworkSpec } from "./spec.js";
import type { TrainingSettings } from "./training.js";

/** Coefficients before the noise features in a row of a level table: alpha, sigma, cIn, cSkip, cOut, targetData, targetNoise, weight. */
export const levelHeader = 8;

/** Times that training draws from: midpoints of `count` equal cells, of time or of log snr. */
export function trainingTimes(schedule: NoiseSchedule, { count, spacing }: TrainingSettings["levels"]): Float64Array {
  const clean = schedule.logSnr(schedule.tMin);
  const noisy = schedule.logSnr(schedule.tMax);
  return Float64Array.from({ length: count }, (_, k) => {
    const share = (k + 0.5) / count;
    return spacing === "time"
      ? schedule.tMin + share * (schedule.tMax - schedule.tMin)
      : schedule.time(clean + share * (noisy - clean));
  });
}

/**
 * float32 [times, levelHeader + noiseFeatures]. Its loss weight is that of the squared error of the network's output,
 * divided by the dimension: the loss is a mean over coordinates.
 */
export function levelTable(
  engine: Engine,
  spec: NetworkSpec,
  schedule: NoiseSchedule,
  times: Float64Array,
  weighting: Weighting,
): Float32Array {
  const stride = levelHeader + spec.noiseFeatures;
  const { logSnr, alpha, sigma } = noiseLevels(engine, schedule, times);
  const features = noiseFeatures(engine, logSnr, spec.noiseFeatures);
  const table = new Float32Array(times.length * stride);
  for (let k = 0; k < times.length; k++) {
    const level = { alpha: alpha[k] as number, sigma: sigma[k] as number };
    const preconditioning = parameterizations[spec.parameterization].at(level, spec.sigmaData);
    const { cIn, cSkip, cOut, targetData, targetNoise } = preconditioning;
    const weight = weighting.weight({ ...level, preconditioning, sigmaData: spec.sigmaData });
    const outputWeight = (weight * cOut * cOut) / spec.dimension;
    table.set([level.alpha, level.sigma, cIn, cSkip, cOut, targetData, targetNoise, outputWeight], k * stride);
    table.set(features.subarray(k * spec.noiseFeatures, (k + 1) * spec.noiseFeatures), k * stride + levelHeader);
  }
  return table;
}

/** float32 [levels, features]: sines then cosines of multiples of log snr / 4. */
export function noiseFeatures(engine: Engine, logSnr: Float64Array, features: number): Float32Array {
  return engine.arena.scope(() => {
    const input = engine.arena.copyBytes(logSnr);
    const out = engine.arena.floats(logSnr.length * features);
    engine.kernels.noiseFeatures(input, logSnr.length, features, out.pointer, features);
    return out.array.slice();
  });
}

interface LevelArrays {
  readonly logSnr: Float64Array;
  readonly alpha: ArrayLike<number>;
  readonly sigma: ArrayLike<number>;
}

function noiseLevels(engine: Engine, schedule: NoiseSchedule, times: Float64Array): LevelArrays {
  if (!schedule.kernel) return levelArrays(Array.from(times, (t) => levelAt(schedule, t)));
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
    return { logSnr: arena.float64(logSnr, count).slice(), alpha: alpha.array.slice(), sigma: sigma.array.slice() };
  });
}

function levelArrays(levels: readonly NoiseLevel[]): LevelArrays {
  return {
    logSnr: Float64Array.from(levels, (level) => level.logSnr),
    alpha: levels.map((level) => level.alpha),
    sigma: levels.map((level) => level.sigma),
  };
}
