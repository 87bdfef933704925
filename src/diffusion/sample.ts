import {
  ArgumentError,
  FedscoreError,
  requireFloats,
  requireFunction,
  requireInteger,
  requireMethods,
  requireNumbers,
  throwIfAborted,
} from "../errors.js";
import {
  atFloat32,
  type Engine,
  fillNormal,
  nullPointer,
  type Pointer,
  Purpose,
  requireEngine,
  type StreamWords,
  streamLength,
  streamWords,
} from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { largestFactor, openCurvedNoise } from "./curvature.js";
import type { Denoiser } from "./denoiser.js";
import { levelsOf, requireGrid, type TimeGrid, validateGrid } from "./grid.js";
import {
  evaluates,
  evaluationsOf,
  isFlowSampler,
  partsAlong,
  requireSampler,
  type Sampler,
  type StepPart,
} from "./sampler.js";
import { type NoiseLevel, type NoiseSchedule, snrOf } from "./schedule.js";

/** Numbers in the samples of one request: 4 GiB. */
export const mostSampledNumbers = 2 ** 30;

/** What onStep sees: copies, which it may keep. */
export interface SampleStep {
  /** float32 [count, dimension]: the state that the step reached. */
  readonly x: Float32Array;
  /** 1 .. N: steps done. */
  readonly step: number;
  /** alpha^2 / sigma^2 of x. */
  readonly snr: number;
  /** float32 [count, dimension]: the last output of the denoiser that the step was made of, corrections apart; of most samplers that at the level before it, of rk45 that of x. */
  readonly denoised: Float32Array;
}

/** What to sample from, and how; see `sample`. */
export interface SampleOptions {
  /** Number of samples, >= 1. */
  readonly count: number;
  readonly denoiser: Denoiser;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly sampler: Sampler;
  /** Integer in [0, 2^53). */
  readonly seed: number;
  /**
   * States at the grid's first time to start from in place of N(0, I), float32 [count, dimension], variance preserving: those of the schedule's own
   * scale over `ownLevelAt(schedule, t).scale`. Left as they are.
   */
  readonly states?: Float32Array | undefined;
  /** Index of the first sample in the run of that seed: a run may be cut between workers anywhere. Default 0. */
  readonly firstSample?: number | undefined;
  /** Return E[X_0 | x_delta] in place of x_delta: one more evaluation of the denoiser. Default false. */
  readonly denoiseLast?: boolean | undefined;
  /** Called after each of the N steps with the whole batch. */
  readonly onStep?: ((state: SampleStep) => void) | undefined;
  /** Checked before each step. */
  readonly signal?: AbortSignal | undefined;
  /** Rows that go through the denoiser at once. No number depends on it. */
  readonly tile?: number | undefined;
}

const sampleKeys = keysOf<SampleOptions>({
  denoiser: true,
  schedule: true,
  grid: true,
  sampler: true,
  count: true,
  seed: true,
  firstSample: true,
  states: true,
  denoiseLast: true,
  onStep: true,
  signal: true,
  tile: true,
});

const costKeys = [...sampleKeys, "dimension"];

/** A step of a run: its moves, and the noise that each of them draws; none where the sampler takes steps of its own. */
interface Step {
  readonly moves: readonly (StepPart & { readonly noise: StreamWords })[];
}

/**
 * Samples of the reverse process, float32 [count, dimension], from N(0, I) or given states at the grid's first time to its last. Sample i
 * of a seed is the same to the bit whatever count, firstSample and tile, if the denoiser treats rows independently.
 * Throws FEDSCORE_NON_FINITE naming sample and step as soon as one is NaN or infinite.
 */
export function sample(engine: Engine, options: SampleOptions): Float32Array<ArrayBuffer> {
  const { denoiser, schedule, grid, sampler } = requireOptions("options", options, sampleKeys);
  requireMethods("denoiser", denoiser, ["open"]);
  requireSampler(sampler);
  validateGrid("grid", requireGrid(grid).times, schedule);
  return walk(engine, levelsOf(schedule, grid, denoiser.dimension), options);
}

/** The same along levels in any order, once sampler and schedule are known to be some. */
export function walk(
  engine: Engine,
  levels: NoiseLevel[],
  options: Omit<SampleOptions, "grid">,
): Float32Array<ArrayBuffer> {
  const { denoiser, schedule, sampler, seed, firstSample = 0, states, onStep, signal } = options;
  if (onStep !== undefined) requireFunction("onStep", onStep);
  const d = requireInteger("denoiser.dimension", denoiser.dimension, 1, mostSampledNumbers);
  requireInteger("firstSample", firstSample, 0, Math.floor(streamLength / d) - 1);
  const most = Math.min(Math.floor(mostSampledNumbers / d), Math.floor(streamLength / d) - firstSample);
  const count = requireInteger("count", options.count, 1, most);
  const tile = Math.min(count, requireInteger("tile", options.tile ?? defaultTile(d), 1));
  if (states !== undefined) {
    requireFloats("states", states, count * d);
    requireNumbers("states", states);
  }
  const steps = stepsOf(levels, sampler, schedule, options.denoiseLast ?? false).map((parts, step): Step => {
    const noiseOf = (client: number) => streamWords({ seed, purpose: Purpose.samplerNoise, step, client });
    return { moves: parts.map((part, at) => ({ ...part, noise: noiseOf(at) })) };
  });
  const moves = steps.flatMap(({ moves: all }) => all.map(({ coefficients }) => coefficients));
  const N = levels.length - 1;
  const prior = { seed, purpose: Purpose.prior } as const;
  const samples = new Float32Array(count * d);
  const { arena } = requireEngine(engine);

  arena.scope(() => {
    // Without onStep one tile of rows runs through all steps, so that it stays in cache; with it, all rows step together.
    const held = onStep ? count : tile;
    const x = arena.floats(held * d);
    const denoised = arena.floats(held * d);
    const past = moves.some(({ previous }) => previous !== undefined) ? arena.floats(held * d).pointer : nullPointer;
    const isCorrected = moves.some(({ correction }) => correction !== undefined);
    const corrected = isCorrected ? arena.floats(tile * d).pointer : nullPointer;
    const session = requireMethods("denoiser.open()", denoiser.open(engine, tile), ["denoise"]);
    const curvatures = moves.flatMap(({ curvature }) => curvature ?? []);
    const user = `sampler ${sampler.name}`;
    const follow = isFlowSampler(sampler)
      ? sampler.open({ engine, session, schedule, rows: tile, dimension: d, signal })
      : undefined;
    const curved = curvatures.length > 0 ? openCurvedNoise(engine, session, curvatures, tile, d, user) : undefined;
    const advance = (k: number, row: number, rows: number, first: number): void => {
      throwIfAborted(signal);
      session.begin?.(first);
      const [at, x0] = [atFloat32(x.pointer, row * d), atFloat32(denoised.pointer, row * d)];
      if (k < N) follow?.({ from: levels[k], to: levels[k + 1], x: at, denoised: x0, rows, first });
      for (const { from, to, coefficients: c, noise } of steps[k].moves) {
        const move = (output: Pointer, cx: number, c0: number, cn: number): void => {
          const bad = moveState(engine, at, output, rows * d, [cx, c0, cn], noise, first * d);
          if (bad >= 0) throw nonFinite(first + Math.floor(bad / d), k, N, levels[k].t);
        };
        if (!evaluates(c)) {
          move(at, c.x, 0, c.noise);
          continue;
        }
        const last = atFloat32(past, row * d);
        if (c.previous) engine.kernels.linearCombination(x0, 1, x0, 0, rows * d, last);
        if (curved && c.curvature) {
          drawNormal(engine, curved.z, rows * d, noise, first * d);
          curved.shape(c.curvature, c.noise, at, rows, from, x0);
          move(x0, c.x, c.denoised, 0);
          move(curved.z, 1, 1, 0);
        } else {
          session.denoise(at, rows, from, x0);
          move(x0, c.x, c.denoised, c.noise);
        }
        if (c.previous) move(last, 1, c.previous, 0);
        if (c.correction === undefined) continue;
        session.denoise(at, rows, to, corrected);
        move(x0, 1, -c.correction, 0);
        move(corrected, 1, c.correction, 0);
      }
    };
    for (let block = 0; block < count; block += held) {
      const end = Math.min(count, block + held);
      if (past !== nullPointer) denoised.array.fill(0);
      if (states) x.array.set(states.subarray(block * d, end * d));
      else fillNormal(engine, x.pointer, (end - block) * d, prior, (firstSample + block) * d);
      for (let k = 0; k < steps.length; k++) {
        for (let row = block; row < end; row += tile) {
          advance(k, row - block, Math.min(tile, end - row), firstSample + row);
        }
        if (onStep && k < N) {
          onStep({ x: x.array.slice(), step: k + 1, snr: snrOf(levels[k + 1]), denoised: denoised.array.slice() });
        }
      }
      samples.set(x.array.subarray(0, (end - block) * d), block * d);
    }
  });
  return samples;
}

/** x = cx x + c0 x0 + cn z on `length` floats of the state; the index of the first that is then not finite, or -1. */
export function moveState(
  { kernels }: Engine,
  x: Pointer,
  x0: Pointer,
  length: number,
  [cx, c0, cn]: readonly [number, number, number],
  { seedLow, seedHigh, step, client, tag }: StreamWords,
  element: number,
): number {
  return kernels.samplerStep(x, x0, length, cx, c0, cn, element, seedLow, seedHigh, step, client, tag);
}

/** Numbers [element, element + length) of the stream, as samplerStep draws them. */
function drawNormal(
  { kernels }: Engine,
  out: Pointer,
  length: number,
  { seedLow, seedHigh, step, client, tag }: StreamWords,
  element: number,
): void {
  kernels.normalFill(out, length, element, seedLow, seedHigh, step, client, tag);
}

/**
 * How often the denoiser is evaluated for one sample: in each step as often as the sampler says, and once for the last denoising. A
 * Jacobian-vector product counts as two, of the point and of its tangent. undefined where the sampler takes steps of its own, of which nobody knows before how many.
 * @param options `dimension` is asked for where a step takes as many products as there are dimensions.
 * Throws ArgumentError where the grid does not fit the schedule, or its steps drive states out of float32.
 */
export function evaluationsPerSample(
  options: Pick<SampleOptions, "schedule" | "grid" | "sampler" | "denoiseLast"> & {
    readonly dimension?: number | undefined;
  },
): number | undefined {
  const { schedule, grid, sampler, denoiseLast = false, dimension } = requireOptions("options", options, costKeys);
  requireSampler(sampler);
  validateGrid("grid", requireGrid(grid).times, schedule);
  // How often is the same whatever the errors are.
  const steps = grid.times.length - 1;
  const errors = grid.errors ?? new Float64Array(steps);
  stepsOf(levelsOf(schedule, { ...grid, errors }), sampler, schedule, denoiseLast);
  if (isFlowSampler(sampler)) return undefined;
  const isFixed = typeof sampler.evaluations !== "function";
  const d = isFixed ? 1 : requireInteger("dimension", dimension ?? Number.NaN, 1);
  return steps * evaluationsOf(sampler, d) + (denoiseLast ? 1 : 0);
}

/** The moves of the N steps of the grid; `denoiseLast` adds x = x0hat(x). */
export function stepsOf(
  levels: readonly NoiseLevel[],
  sampler: Sampler,
  schedule: NoiseSchedule,
  denoiseLast: boolean,
): (readonly StepPart[])[] {
  const steps = isFlowSampler(sampler) ? levels.slice(1).map(() => []) : partsAlong(sampler, levels, schedule);
  requireStates(sampler.name, steps);
  const last = levels[levels.length - 1];
  return denoiseLast ? [...steps, [{ from: last, to: last, coefficients: { x: 0, denoised: 1, noise: 0 } }]] : steps;
}

/** States stay below it, a hundredth of the largest float32. */
const mostState = 2 ** 120;

/** Refuses steps under which even the exact denoiser of N(0, 1), which is alpha x, sends states out of float32; see `gaussianLaw`. */
function requireStates(sampler: string, steps: readonly (readonly StepPart[])[]): void {
  let [deviation, output] = [1, 0];
  for (const [k, parts] of steps.entries()) {
    for (const { from, to, coefficients } of parts) {
      const { x, denoised, previous = 0, correction = 0, curvature } = coefficients;
      const noise = coefficients.noise * largestFactor(curvature, from.alpha);
      const bent = curvature?.kind === "linear" ? coefficients.noise * curvature.jacobian : 0;
      const sizes = [x, denoised, previous, noise, bent, correction].map(Math.abs);
      const reach = Math.max(...sizes) * Math.max(1, deviation, output);
      if (!(reach <= mostState)) {
        const [start, end] = [parts[0].from.t, parts[parts.length - 1].to.t];
        const rule = `must have shorter steps for ${sampler}, or nearer ends: step ${k + 1}, from t = ${start} to ${end}, must keep |x| below ${mostState.toPrecision(2)}, near the end of float32`;
        throw new ArgumentError("grid", rule, reach);
      }
      const gain = 1 + correction * to.alpha;
      const slope = gain * (x + denoised * from.alpha) - correction * from.alpha;
      const before = deviation;
      deviation = Math.hypot(Math.abs(slope * deviation) + Math.abs(gain * previous * output), gain * noise);
      if (evaluates(coefficients)) output = from.alpha * before;
    }
  }
}

/**
 * Few enough rows that x and x0hat stay in a second-level cache, enough for an efficient matrix product, a multiple of
 * the 4 and 6 rows of its register tiles.
 */
export function defaultTile(dimension: number): number {
  return Math.max(252, Math.min(1020, Math.floor(65536 / dimension / 12) * 12));
}

/** What is said where a sample is not finite after step k of N, from 0; k = N is the last denoising. */
export function nonFinite(sample: number, k: number, N: number, t: number): FedscoreError {
  const step = k + 1;
  const where = k < N ? `step ${step} of ${N}` : "the last denoising";
  const message = `sample ${sample} is not finite after ${where}, which started at t = ${t}`;
  return new FedscoreError("FEDSCORE_NON_FINITE", message, { sample, step, t });
}
