import { hasErrors, type TimeGrid } from "../../diffusion/grid.js";
import { createGrid } from "../../diffusion/grids/index.js";
import type { GridRange } from "../../diffusion/grids/range.js";
import { evaluationsPerSample } from "../../diffusion/sample.js";
import type { ErrorsNeeded } from "../../diffusion/sampler.js";
import { createSampler, type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { ArgumentError } from "../../errors.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { certifiedTimes, snrLadder } from "../../theory/certified-grid.js";
import { curvedStepCost } from "../../theory/curved-step-cost.js";
import type { DenoisingSetup, Rows } from "../../theory/denoising-errors.js";
import type { MmseCurve } from "../../theory/mmse-curve.js";
import { estimateMmse } from "../../theory/mmse-monte-carlo.js";
import { analyticStepCost, ancestralStepCost, diagonalStepCost, type StepCost } from "../../theory/optimal-grid.js";
import { stepErrors } from "../../theory/step-errors.js";
import { mostDimensions } from "../../theory/step-noise.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { FixedGridConfig } from "../config/diffusion.js";
import type { ExperimentConfig } from "../config/schema.js";

type GridConfig = ExperimentConfig["sampling"]["grid"];

/** The grid that a run samples on. */
export interface SamplingGrid {
  readonly spec: FixedGridConfig;
  readonly grid: TimeGrid;
}

/** Points of the mmse curve, and clean points that each is a mean over. */
const curvePoints = 97;
const curveSamples = 4096;

/**
 * A grid of a config that is known before anything is computed; undefined for a certified one.
 * @throws ArgumentError where its numbers do not fit the schedule, those of a certified one too, or its steps the sampler.
 */
export function fixedGrid(
  { sampler, grid: config }: Pick<ExperimentConfig["sampling"], "sampler" | "grid">,
  schedule: NoiseSchedule,
): SamplingGrid | undefined {
  if (config.kind !== "certified") {
    const grid = createGrid(config, schedule);
    evaluationsPerSample({ schedule, grid, sampler: createSampler(sampler), dimension: 1 });
    return { spec: config, grid };
  }
  createGrid({ ...config, kind: "uniform" }, schedule);
  return undefined;
}

/** Refuses a grid whose errors are not those that its sampler needs: what a config says is never rewritten. */
export function requireErrorsOf(sampler: SamplerName, { grid }: SamplingGrid, dimension: number): void {
  if (grid.errors === undefined || hasErrors(grid, samplers[sampler].needsErrors, dimension)) return;
  const steps = grid.times.length - 1;
  const orFewer = samplers[sampler].needsErrors === "mean" ? `${steps} or ` : "";
  const rule = `must have ${orFewer}${steps} x ${dimension} entries for sampler ${sampler}, one for each step and coordinate, or be absent`;
  throw new ArgumentError("grid.errors", rule, grid.errors.length);
}

/** Where a certified grid's mmse curve comes from. */
export interface GridSource {
  readonly clean: DenoisingSetup["clean"];
  readonly denoiser: DenoisingSetup["denoiser"];
  readonly dimension: number;
}

/** A sampler and the certified grid for it. */
export interface CertifiedSampling {
  readonly sampler: SamplerName;
  readonly grid: Extract<GridConfig, { kind: "certified" }>;
}

/**
 * A certified grid: the times that cost a sampler least, see `bestTimes`, for the mmse curve of the run's law or, without one, of the trained network on training rows, as bounds are
 * evaluated on held-out ones. The curve is drawn from random numbers that neither training nor the certificate uses.
 */
export async function certifiedGrid(
  pool: WorkerPool,
  { sampler, grid: config }: CertifiedSampling,
  schedule: NoiseSchedule,
  source: GridSource,
  seed: number,
  signal?: AbortSignal,
): Promise<SamplingGrid> {
  const { kind, ...range } = config;
  const { clean, denoiser, dimension } = source;
  const { curve } = await estimateMmse(pool, {
    clean,
    denoiser,
    dimension,
    snr: snrLadder(schedule, range, curvePoints),
    coordinates: needsCoordinates(sampler),
    samples: "points" in clean ? Math.min(curveSamples, rowsOf(clean)) : curveSamples,
    seed: derivedSeed(seed, "grid"),
    signal,
  });
  const best = await bestTimes(pool, { sampler, curve, schedule, range }, source, seed, signal);
  const spec = { kind: "user", ...best } as const;
  return { spec, grid: { ...createGrid(spec, schedule), name: kind } };
}

/** Whose best times, on which curve. */
export interface BestTimesProblem {
  readonly sampler: SamplerName;
  readonly curve: MmseCurve;
  readonly schedule: NoiseSchedule;
  readonly range: GridRange;
}

/** What a step costs a sampler. */
type StepCostOf = (
  pool: WorkerPool,
  curve: MmseCurve,
  source: GridSource,
  gridSeed: number,
  signal: AbortSignal | undefined,
) => StepCost | Promise<StepCost>;

const curvedCostOf =
  (sampler: "jvp" | "full-covariance"): StepCostOf =>
  (pool, curve, { clean, denoiser, dimension }, gridSeed, signal) =>
    curvedStepCost(pool, { sampler, clean, denoiser, dimension, curve, seed: gridSeed, signal });

/** Samplers with grids of their own. */
const stepCosts: { readonly [Name in SamplerName]?: StepCostOf } = {
  analytic: (_pool, _curve, { dimension }) => analyticStepCost(dimension),
  "analytic-diagonal": () => diagonalStepCost,
  jvp: curvedCostOf("jvp"),
  "full-covariance": curvedCostOf("full-covariance"),
};

/** Whether the best grid of a sampler follows from the mmse of each coordinate. */
export function needsCoordinates(sampler: SamplerName): boolean {
  return samplers[sampler].needsErrors === "coordinates";
}

/**
 * The times that cost least and whose they are: of `analytic`, `analytic-diagonal`, `jvp` and `full-covariance` their own, the last two in at most 64
 * and 16 dimensions, of all other samplers those of `ancestral`. The curve has coordinates for `analytic-diagonal`.
 */
export async function bestTimes(
  pool: WorkerPool,
  { sampler, curve, schedule, range }: BestTimesProblem,
  source: GridSource,
  seed: number,
  signal?: AbortSignal,
): Promise<{ readonly times: number[]; readonly tunedFor: SamplerName }> {
  const own = source.dimension <= (mostDimensions[sampler] ?? source.dimension) ? stepCosts[sampler] : undefined;
  const cost = own ? await own(pool, curve, source, derivedSeed(seed, "grid"), signal) : ancestralStepCost;
  return { times: certifiedTimes(curve, schedule, range, cost), tunedFor: own ? sampler : "ancestral" };
}

/** Clean points that an error is a mean over; of the mean over all coordinates fewer say as much. */
const errorSamples = { mean: 1024, coordinates: 4096 } as const satisfies Record<ErrorsNeeded, number>;

/** The grid with the errors of the denoiser at the starts of its steps, from random numbers that neither training nor the certificate uses. */
export async function gridWithErrors(
  pool: WorkerPool,
  grid: TimeGrid,
  needed: ErrorsNeeded,
  schedule: NoiseSchedule,
  { clean, denoiser, dimension }: GridSource,
  seed: number,
  options: { signal?: AbortSignal | undefined; onAdvance?: ((done: number, of: number) => void) | undefined } = {},
): Promise<SamplingGrid> {
  const samples = errorSamples[needed];
  const errors = await stepErrors(pool, {
    clean,
    denoiser,
    dimension,
    schedule,
    grid,
    coordinates: needed === "coordinates",
    samples: "points" in clean ? Math.min(samples, rowsOf(clean)) : samples,
    seed: derivedSeed(seed, "errors"),
    ...options,
  });
  const { tunedFor } = grid;
  const spec = { kind: "user", times: [...grid.times], errors: [...errors], ...(tunedFor && { tunedFor }) } as const;
  return { spec, grid: { ...grid, errors } };
}

function rowsOf({ points, dimension }: Rows): number {
  return points.length / dimension;
}
