import { hasErrors, type TimeGrid } from "../../diffusion/grid.js";
import type { ErrorsNeeded } from "../../diffusion/sampler.js";
import { samplers } from "../../diffusion/samplers/index.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import { gridWithErrors, type SamplingGrid } from "../prepare/sampling-grid.js";
import type { CertificationSubject } from "./subject.js";

/** The grid of a subject, with the errors that the sampler needs where the run had no use for them. */
export async function gridFor(
  pool: WorkerPool,
  subject: CertificationSubject,
  signal: AbortSignal | undefined,
): Promise<TimeGrid> {
  const { sampler, grid, network } = subject;
  const needed = samplers[sampler].needsErrors;
  if (needed === undefined || hasErrors(grid, needed, network.spec.dimension)) return grid;
  return (await gridMeasured(pool, subject, needed, signal)).grid;
}

/** The grid of a subject with errors that are measured on draws of its law or on its training rows. */
export function gridMeasured(
  pool: WorkerPool,
  { grid, schedule, law, network, train, seed }: CertificationSubject,
  needed: ErrorsNeeded,
  signal: AbortSignal | undefined,
): Promise<SamplingGrid> {
  const { dimension } = network.spec;
  const clean = "law" in law ? law.law : { points: train, dimension };
  const source = { clean, denoiser: network, dimension };
  return gridWithErrors(pool, grid, needed, schedule, source, seed, { signal });
}
