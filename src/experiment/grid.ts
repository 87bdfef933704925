import { createGrid } from "../diffusion/grids/index.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { derivedSeed } from "../theory/certificate/seed.js";
import { certifiedTimes, snrLadder } from "../theory/certified-grid.js";
import type { DenoisingSetup, Rows } from "../theory/denoising-errors.js";
import { estimateMmse } from "../theory/mmse-monte-carlo.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import type { FixedGridConfig } from "./config/diffusion.js";
import type { ExperimentConfig } from "./config/schema.js";

type GridConfig = ExperimentConfig["sampling"]["grid"];

/** Points of the mmse curve, and clean points that each is a mean over. */
const curvePoints = 97;
const curveSamples = 4096;

/** A grid of a config that is known before anything is computed; undefined for a certified one. */
export function fixedGrid(grid: GridConfig): FixedGridConfig | undefined {
  return grid.kind === "certified" ? undefined : grid;
}

/** Throws where a grid's numbers do not fit the schedule. */
export function checkGrid(grid: GridConfig, schedule: NoiseSchedule): void {
  createGrid(grid.kind === "certified" ? { ...grid, kind: "uniform" } : grid, schedule);
}

/** Where a certified grid's mmse curve comes from. */
export interface GridSource {
  readonly clean: DenoisingSetup["clean"];
  readonly denoiser: DenoisingSetup["denoiser"];
  readonly dimension: number;
}

/**
 * The times of a certified grid: those with the least discretization term for the mmse curve of the run's law, or, without one, of the
 * trained network on held-out rows. The curve is drawn from random numbers that neither training nor the certificate uses.
 */
export async function certifiedGrid(
  pool: WorkerPool,
  grid: Extract<GridConfig, { kind: "certified" }>,
  schedule: NoiseSchedule,
  { clean, denoiser, dimension }: GridSource,
  seed: number,
  signal?: AbortSignal,
): Promise<FixedGridConfig> {
  const { kind, ...range } = grid;
  const { curve } = await estimateMmse(pool, {
    clean,
    denoiser,
    dimension,
    snr: snrLadder(schedule, range, curvePoints),
    samples: "points" in clean ? Math.min(curveSamples, rowsOf(clean)) : curveSamples,
    seed: derivedSeed(seed, "grid"),
    signal,
  });
  return { kind: "user", times: certifiedTimes(curve, schedule, range) };
}

function rowsOf({ points, dimension }: Rows): number {
  return points.length / dimension;
}
