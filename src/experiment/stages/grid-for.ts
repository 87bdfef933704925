import { hasErrors, type TimeGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { gridWithErrors } from "../prepare/sampling-grid.js";
import type { CertificationSubject } from "./subject.js";

/** The grid of a subject, with the errors that the sampler needs where the run had no use for them. */
export async function gridFor(
  pool: WorkerPool,
  { sampler, grid, schedule, law, network, train, seed }: CertificationSubject,
  signal: AbortSignal | undefined,
): Promise<TimeGrid> {
  const { dimension } = network.spec;
  const needed = samplers[sampler].needsErrors;
  if (needed === undefined || hasErrors(grid, needed, dimension)) return grid;
  const clean = "law" in law ? law.law : { points: train, dimension };
  const source = { clean, denoiser: network, dimension };
  return (await gridWithErrors(pool, grid, needed, schedule, source, seed, { signal })).grid;
}
