import { type Dataset, rowCount, selectRows } from "../../data/dataset.js";
import { createGrid, type GridSpec } from "../../diffusion/grids/index.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { ArgumentError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { Model } from "../../model/model.js";
import { requireClass } from "../../network/conditioned.js";
import { type CertificateConfig, certificateDefaults } from "../config/certificate.js";
import { exactLaw, type RunLaw } from "../prepare/exact-law.js";
import { dataOfRun, type ResultOrigin, requireModelOf } from "./own-data.js";
import { type CertificationSubject, certifiedSampler } from "./subject.js";

/** What is certified otherwise than in the model's run; what is absent is as there. */
export interface CertifyModelOptions
  extends Partial<
    Pick<
      CertificateConfig,
      "paths" | "confidence" | "precision" | "intervalRows" | "intervalPaths" | "intervalProposal" | "defensiveShare"
    >
  > {
  /** Folder that data files of the config are relative to. */
  readonly folder: string;
  readonly sampler?: SamplerName | undefined;
  readonly grid?: GridSpec | undefined;
  /** Class that samples and data are of, of a model with classes. Default: the network asked without a class, and all data. */
  readonly class?: number | undefined;
}

/** What `certifySubject` needs. */
export interface CertificationRequest {
  readonly subject: CertificationSubject;
  readonly settings: CertificateConfig;
}

/**
 * The certification of a saved model, with the data of its run read or drawn anew.
 * @param result that of the run.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where model or data are not those of the result; ArgumentError for a grid that does
 * not fit the schedule.
 */
export async function certificationOfModel(
  engine: Engine,
  model: Model,
  result: ResultOrigin,
  options: CertifyModelOptions,
): Promise<CertificationRequest> {
  requireModelOf(result, model);
  const { config } = result;
  const { sampling, transform } = model;
  const { folder, sampler, grid = sampling.grid, paths, class: label, ...changes } = options;
  if (label !== undefined) requireClass("class", model.network, label);
  const data = await dataOfRun(engine, result, folder);
  const rowsOf = (rows: Dataset) => {
    const { exact, points } = label === undefined ? rows : rowsOfClass(rows, label);
    return transform.forward(exact ?? points);
  };
  const schedule = createSchedule(model.schedule);
  const configured = config.certificate || certificateDefaults;
  return {
    subject: {
      law: lawOf(exactLaw(engine, config.data, transform), label),
      schedule,
      scheduleSpec: model.schedule,
      grid: createGrid(grid, schedule),
      ...certifiedSampler(sampler ?? configured.sampler ?? sampling.sampler),
      denoiseLast: sampling.denoiseLast,
      network: { spec: model.network, parameters: model.parameters, ...(label !== undefined && { class: label }) },
      train: rowsOf(data.train),
      heldOut: rowsOf(data.heldOut),
      seed: model.seed,
    },
    settings: {
      ...configured,
      ...(paths !== undefined && { paths, empiricalPaths: paths, invertedRows: paths }),
      ...changes,
    },
  };
}

function lawOf(found: RunLaw, label: number | undefined): RunLaw {
  return "law" in found && label !== undefined ? { law: { ...found.law, class: label } } : found;
}

/** @throws ArgumentError where there are fewer than 2 rows of a class: nothing could be said of them. */
function rowsOfClass(rows: Dataset, label: number): Dataset {
  const { labels = new Int32Array(rowCount(rows)) } = rows;
  const own = Uint32Array.from(labels.keys()).filter((row) => labels[row] === label);
  if (own.length < 2)
    throw new ArgumentError("class", "must have at least 2 rows in training and held-out data", label);
  return selectRows(rows, own);
}
