import type { TimeGrid } from "../../src/diffusion/grid.js";
import type { NoiseSchedule } from "../../src/diffusion/schedule.js";
import type { LawSpec } from "../../src/targets/law.js";
import { stepErrors } from "../../src/theory/step-errors.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";

export const vpLinear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;

/** Two modes, standardized. */
export const twoModes: LawSpec = {
  of: { kind: "product", dimension: 1, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
  affine: { shift: Float64Array.of(0), scale: Math.sqrt(0.84) },
};

/** A ring of 8 modes, standardized. */
export const ringOfEight: LawSpec = {
  of: { kind: "ring", modes: 8, radius: 4, standardDeviation: 0.3 },
  affine: { shift: Float64Array.of(0, 0), scale: Math.sqrt(8.09) },
};

/** The grid with the errors of the law's exact denoiser. */
export async function withExactErrors(
  pool: WorkerPool,
  law: LawSpec,
  dimension: number,
  schedule: NoiseSchedule,
  grid: TimeGrid,
): Promise<TimeGrid> {
  const source = { clean: law, denoiser: law, seed: 11, dimension, schedule, grid, samples: 10_000 };
  return { ...grid, errors: await stepErrors(pool, source) };
}
