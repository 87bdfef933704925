import type { Denoiser } from "../diffusion/denoiser.js";
import { levelWith, type NoiseLevel } from "../diffusion/schedule.js";
import { ArgumentError, FedscoreError, requireFloats, requireInteger, requireObject } from "../errors.js";
import { type Engine, fillNormal, type Pointer, Purpose } from "../kernels/index.js";
import { ScoreNetwork } from "../network/score-network.js";
import { createLaw, type LawSpec } from "../targets/law.js";
import { buffersOf } from "../workers/buffers.js";
import { inOrder } from "../workers/concurrent.js";
import { defineTask, hold, type Task } from "../workers/task.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { type NetworkData, requireExact } from "./certificate/unit-task.js";
import { mostPaths } from "./confidence.js";
import { weightedSquares } from "./weighted-squares.js";

/** Rows of data, float32 [count, dimension]. */
export interface Rows {
  readonly points: Float32Array;
  readonly dimension: number;
}

/** Where clean points come from, what denoises them, and at which noise: plain data. */
export interface DenoisingSetup {
  /** Rows, in their order, or a law to draw from. */
  readonly clean: Rows | LawSpec;
  /** A trained network, or the exact denoiser of a law. */
  readonly denoiser: NetworkData | LawSpec;
  /** float64 [levels]. */
  readonly logSnr: Float64Array;
  /** What the square of each coordinate counts at each level, float64 [levels, dimension]. Absent: 1. */
  readonly weights?: Float64Array | undefined;
  /** The same noise at all levels: differences between levels are then nearly noiseless. Else independent noise. */
  readonly commonNoise: boolean;
  readonly seed: number;
}

/** The same, opened. */
export interface DenoisingProblem extends Pick<DenoisingSetup, "weights" | "commonNoise" | "seed"> {
  readonly denoiser: Denoiser;
  readonly levels: readonly NoiseLevel[];
  /** Clean rows [first, first + count), float32 [count, dimension]. */
  rows(engine: Engine, first: number, count: number): Float32Array;
}

/** Rows that are denoised at once: those of one call. */
const callRows = 256;

/** Rows [first, first + count). */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** |X_0 - x0hat(X_t)|^2 of rows: float64 [levels, count]. */
export const denoisingErrorRows = defineTask({
  name: "denoisingErrorRows",
  open: (_engine, setup: DenoisingSetup) => openDenoising(setup),
  run: (engine, problem, { first, count }: RowRange) => rowErrors(engine, problem, first, count),
  transfer: (errors) => buffersOf([errors]),
});

/** Who watches over a computation. */
export interface Watching {
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

/**
 * Squared errors of a denoiser for rows 0 ... count - 1 in the workers of a pool, float64 [levels, count] given to `each` block by
 * block, in order. The same numbers for any number of workers.
 */
export async function denoisingErrors(
  pool: WorkerPool,
  setup: DenoisingSetup,
  count: number,
  each: (errors: Float64Array, first: number, rows: number) => void,
  watching: Watching = {},
): Promise<void> {
  await overRows(pool, denoisingErrorRows, setup, count, each, watching);
}

/** What the caller calls the clean points and their dimension. */
interface ArgumentNames {
  readonly clean: string;
  readonly dimension: string;
}

/** Throws unless clean points and denoiser have so many coordinates, rows are numbers, and there is a seed. */
export function requireDenoising(
  { clean, denoiser, seed }: Pick<DenoisingSetup, "clean" | "denoiser" | "seed">,
  dimension: number,
  names: ArgumentNames = { clean: "clean", dimension: "dimension" },
): void {
  requireInteger(names.dimension, dimension, 1);
  requireInteger("seed", seed, 0);
  requireObject("denoiser", denoiser);
  requireObject(names.clean, clean);
  if ("points" in clean) {
    requireFloats(`${names.clean}.points`, clean.points);
    requireInteger(`${names.clean}.dimension`, clean.dimension, 1);
    requireInteger(`${names.clean}.points.length / dimension`, clean.points.length / clean.dimension, 1);
  }
  for (const [name, found] of [
    [names.clean, dimensionOf(clean)],
    ["denoiser", dimensionOf(denoiser)],
  ] as const) {
    if (found === dimension) continue;
    throw new ArgumentError(names.dimension, `must be that of ${name}, ${found}`, dimension);
  }
}

function dimensionOf(source: Rows | LawSpec | NetworkData): number {
  if ("points" in source) return source.dimension;
  return "spec" in source ? source.spec.dimension : createLaw(source).dimension;
}

/** Throws unless so many clean points, at least `least`, can be had: of rows no more than there are. */
export function requireSamples(clean: DenoisingSetup["clean"], samples: number, least: number): void {
  const rows = "points" in clean ? clean.points.length / clean.dimension : mostPaths;
  requireInteger("samples", samples, least, Math.min(rows, mostPaths));
}

/** What a task finds of rows 0 ... count - 1, block by block and in order. */
export async function overRows<Setup, State, Found>(
  pool: WorkerPool,
  task: Task<Setup, State, RowRange, Found>,
  setup: Setup,
  count: number,
  each: (found: Found, first: number, rows: number) => void,
  { signal, onAdvance }: Watching = {},
): Promise<void> {
  requireInteger("count", count, 1);
  const rows = hold(pool, task, setup);
  const findIn = async (range: RowRange) => ({ ...range, found: await rows.call(range, { signal }) });
  try {
    for await (const { first, count: size, found } of inOrder(rangesOf(count), pool.size + 1, findIn)) {
      each(found, first, size);
      onAdvance?.(first + size, count);
    }
  } finally {
    rows.close();
  }
}

function rangesOf(count: number): RowRange[] {
  return Array.from({ length: Math.ceil(count / callRows) }, (_, call) => {
    const first = call * callRows;
    return { first, count: Math.min(callRows, count - first) };
  });
}

/** The problem with its denoiser and its source of rows. */
export function openDenoising({
  clean,
  denoiser,
  logSnr,
  weights,
  commonNoise,
  seed,
}: DenoisingSetup): DenoisingProblem {
  return {
    weights,
    commonNoise,
    seed,
    levels: Array.from(logSnr, (value) => levelWith(value, Number.NaN)),
    denoiser:
      "spec" in denoiser
        ? new ScoreNetwork(denoiser.spec, denoiser.parameters, denoiser.class)
        : requireExact(createLaw(denoiser)).denoiser,
    rows: "points" in clean ? rowsOf(clean) : samplesOf(clean, seed),
  };
}

function rowsOf({ points, dimension }: Rows): DenoisingProblem["rows"] {
  return (_, first, count) => points.subarray(first * dimension, (first + count) * dimension);
}

function samplesOf(spec: LawSpec, seed: number): DenoisingProblem["rows"] {
  const law = createLaw(spec);
  return (engine, first, count) => law.sample(engine, count, seed, first).points;
}

/** |X_0 - x0hat(X_t)|^2 of rows [first, first + count) in this engine, float64 [levels, count]; squared data units. */
export function rowErrors(engine: Engine, problem: DenoisingProblem, first: number, count: number): Float64Array {
  const { dimension } = problem.denoiser;
  const { weights } = problem;
  const errors = new Float64Array(problem.levels.length * count);
  eachLevel(engine, problem, first, count, ({ index, clean, denoised, norms }) => {
    if (weights) {
      const view = (pointer: Pointer) => new Float32Array(engine.arena.buffer, pointer, count * dimension);
      const own = weights.subarray(index * dimension, (index + 1) * dimension);
      weightedSquares(view(clean), view(denoised), own, engine.arena.float64(norms, count));
    } else {
      squaredErrors(engine, { clean, denoised, norms }, count, dimension);
    }
    const found = engine.arena.float64(norms, count);
    requireFinite(found, problem, index, first, 1);
    errors.set(found, index * count);
  });
  return errors;
}

/** |X_0 - x0hat|^2 of denoised rows, float64 [count], in their room for it. */
export function squaredErrors(
  { arena, kernels }: Engine,
  { clean, denoised, norms }: Omit<DenoisedRows, "index">,
  count: number,
  dimension: number,
): Float64Array {
  kernels.combinationSquaredNorms(clean, 1, denoised, -1, clean, 0, clean, 0, count, dimension, norms);
  return arena.float64(norms, count);
}

/** Denoised rows at one of the levels. */
export interface DenoisedRows {
  readonly index: number;
  /** float32 [count, dimension]. */
  readonly clean: Pointer;
  readonly denoised: Pointer;
  /** Room for float64 [count]. */
  readonly norms: Pointer;
}

/** Draws and denoises rows [first, first + count) at one level after the other. */
export function eachLevel(
  engine: Engine,
  problem: DenoisingProblem,
  first: number,
  count: number,
  use: (rows: DenoisedRows) => void,
): void {
  const { arena } = engine;
  const { denoiser } = problem;
  const { dimension } = denoiser;
  arena.scope(() => {
    const session = denoiser.open(engine, count);
    const [denoised, norms] = [arena.allocate(count * dimension * 4), arena.allocate(count * 8)];
    noiseRows(engine, problem, first, count, ({ clean, x, level, index }) => {
      session.denoise(x, count, level, denoised);
      use({ index, clean, denoised, norms });
    });
  });
}

/** Throws where a number found of the rows is not finite, `width` of them a row. */
export function requireFinite(
  found: ArrayLike<number>,
  { levels }: DenoisingProblem,
  index: number,
  first: number,
  width: number,
): void {
  for (let at = 0; at < found.length; at++) {
    if (Number.isFinite(found[at])) continue;
    const row = first + Math.floor(at / width);
    const message = `the denoised row ${row} is not finite at log snr ${levels[index].logSnr}`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { row });
  }
}

/** Rows at one level, float32 [count, dimension]. */
export interface NoisedRows {
  readonly clean: Pointer;
  readonly x: Pointer;
  readonly level: NoiseLevel;
  /** Of the level. */
  readonly index: number;
}

/** Visits rows [first, first + count) at each level in turn: call inside an arena scope. */
export function noiseRows(
  engine: Engine,
  { denoiser: { dimension }, levels, commonNoise, seed, rows }: DenoisingProblem,
  first: number,
  count: number,
  visit: (rows: NoisedRows) => void,
): void {
  const { arena, kernels } = engine;
  const length = count * dimension;
  const [noise, x] = [0, 1].map(() => arena.allocate(length * 4));
  const clean = arena.copyIn(rows(engine, first, count)).pointer;
  levels.forEach((level, index) => {
    if (index === 0 || !commonNoise) {
      const key = { seed, purpose: Purpose.certificateNoise, step: index, client: 2 };
      fillNormal(engine, noise, length, key, first * dimension);
    }
    kernels.linearCombination(clean, level.alpha, noise, level.sigma, length, x);
    visit({ clean, x, level, index });
  });
}
