import { join } from "node:path";
import { hasErrors } from "../diffusion/grid.js";
import { createGrid, type GridSpec } from "../diffusion/grids/index.js";
import { type SamplerName, type SamplerSpec, samplerName, samplers } from "../diffusion/samplers/index.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import { FedscoreError } from "../errors.js";
import { fileNames } from "../experiment/files/names.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { certificationOfModel } from "../experiment/stages/certify-model.js";
import { gridMeasured } from "../experiment/stages/grid-for.js";
import type { Engine } from "../kernels/index.js";
import type { Model } from "../model/model.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { readResult } from "./read-result.js";

/** How a model is to be sampled, and where its run and the run's data are. */
export interface GridChoice {
  readonly sampler?: SamplerSpec | undefined;
  readonly grid?: GridSpec | undefined;
  readonly folder: string;
  readonly dataFolder: string;
  readonly signal: AbortSignal;
}

/**
 * The grid to sample a model on. Errors that the sampler needs and the model has not are measured on the data of its run, as the run would have.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where they are needed and result or data of the run are gone.
 */
export async function gridToSample(
  engine: Engine,
  pool: WorkerPool,
  model: Model,
  { sampler: spec = model.sampling.sampler, grid = model.sampling.grid, folder, dataFolder, signal }: GridChoice,
): Promise<GridSpec> {
  const sampler = samplerName(spec);
  const needed = samplers[sampler].needsErrors;
  const found = createGrid(grid, createSchedule(model.schedule));
  if (needed === undefined || hasErrors(found, needed, model.network.dimension)) return grid;
  const result = resultFor(sampler, join(folder, fileNames.result));
  const { subject } = await certificationOfModel(engine, model, result, { folder: dataFolder, sampler, grid });
  return (await gridMeasured(pool, subject, needed, signal)).spec;
}

function resultFor(sampler: SamplerName, path: string): ExperimentResult {
  try {
    return readResult(path, "measure errors by");
  } catch (error) {
    if (!(error instanceof FedscoreError)) throw error;
    const message = `sampler ${sampler} needs errors that the model has not, and that are measured on the data of its run: ${error.message}`;
    throw new FedscoreError(error.code, message, error.details, error);
  }
}
