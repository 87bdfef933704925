import type { TimeGrid } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { gridWithErrors } from "../prepare/sampling-grid.js";
import type { CertificationSubject } from "./subject.js";

/** The grid of a subject, with errors where the sampler needs them and the run had no use for them. */
export async function gridFor(
  pool: WorkerPool,
  { sampler, grid, schedule, law, network, train, seed }: CertificationSubject,
  signal: AbortSignal | undefined,
): Promise<TimeGrid> {
  if (grid.errors || !samplers[sampler].needsErrors) return grid;
  const { dimension } = network.spec;
  const clean = "law" in law ? law.law : { points: train, dimension };
  const found = await gridWithErrors(pool, { grid }, schedule, { clean, denoiser: network, dimension }, seed, {
    signal,
  });
  return found.grid;
}
